"""Closes windows as a window manager would, where there is none: the little of Xlib that this needs."""
import ctypes

WM_DELETE_WINDOW, CLIENT_MESSAGE = b"WM_DELETE_WINDOW", 33


class ClientMessage(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
                ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong),
                ("format", ctypes.c_int), ("data", ctypes.c_long * 5), ("rest_of_an_event", ctypes.c_long * 24)]


def library():
    x11 = ctypes.CDLL("libX11.so.6")
    display, window, number = ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int
    x11.XOpenDisplay.restype = display
    x11.XDefaultRootWindow.restype = x11.XInternAtom.restype = window
    x11.XDefaultRootWindow.argtypes = x11.XCloseDisplay.argtypes = [display]
    x11.XInternAtom.argtypes = [display, ctypes.c_char_p, number]
    x11.XFetchName.argtypes = [display, window, ctypes.c_void_p]
    x11.XQueryTree.argtypes = [display, window] + [ctypes.c_void_p] * 4
    x11.XSendEvent.argtypes = [display, window, number, ctypes.c_long, ctypes.c_void_p]
    x11.XFree.argtypes = [ctypes.c_void_p]
    return x11


def children(x11, display, window):
    root, parent, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_uint()
    found = ctypes.POINTER(ctypes.c_ulong)()
    x11.XQueryTree(display, window, *(ctypes.byref(out) for out in (root, parent, found, count)))
    answer = [found[i] for i in range(count.value)]
    if found:
        x11.XFree(found)
    return answer


def title(x11, display, window):
    text = ctypes.c_char_p()
    x11.XFetchName(display, window, ctypes.byref(text))
    return (text.value or b"").decode(errors="replace")


def close(name):
    """Asks every window with this title to close; returns how many there were."""
    x11 = library()
    display = x11.XOpenDisplay(None)
    assert display, "there is no display"
    # GTK keeps a tiny unmapped window with the program's name; it does not mind being asked.
    found = [window for window in children(x11, display, x11.XDefaultRootWindow(display))
             if title(x11, display, window) == name]
    for window in found:
        message = ClientMessage(type=CLIENT_MESSAGE, window=window, format=32,
                                message_type=x11.XInternAtom(display, b"WM_PROTOCOLS", 0))
        message.data[0] = x11.XInternAtom(display, WM_DELETE_WINDOW, 0)
        x11.XSendEvent(display, window, 0, 0, ctypes.byref(message))
    x11.XCloseDisplay(display)
    return len(found)
