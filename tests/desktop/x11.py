"""Closes windows as a window manager would, where there is none, and looks at the screen: the little of Xlib that this needs."""
import ctypes

WM_DELETE_WINDOW, CLIENT_MESSAGE = b"WM_DELETE_WINDOW", 33
ALL_PLANES, Z_PIXMAP = ctypes.c_ulong(-1).value, 2
RETURN, REVERT_TO_PARENT, IS_VIEWABLE = 0xFF0D, 2, 2


class ClientMessage(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
                ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong),
                ("format", ctypes.c_int), ("data", ctypes.c_long * 5), ("rest_of_an_event", ctypes.c_long * 24)]


class Attributes(ctypes.Structure):
    """Xlib's XWindowAttributes."""
    _fields_ = [("place_and_depth", ctypes.c_int * 6), ("visual", ctypes.c_void_p), ("root", ctypes.c_ulong),
                ("kind_and_gravity", ctypes.c_int * 4), ("backing", ctypes.c_ulong * 2), ("save_under", ctypes.c_int),
                ("colormap", ctypes.c_ulong), ("map_installed", ctypes.c_int), ("map_state", ctypes.c_int),
                ("masks", ctypes.c_long * 3), ("override_redirect", ctypes.c_int), ("screen", ctypes.c_void_p)]


class Image(ctypes.Structure):
    """The beginning of Xlib's XImage."""
    _fields_ = [("width", ctypes.c_int), ("height", ctypes.c_int), ("xoffset", ctypes.c_int), ("format", ctypes.c_int),
                ("data", ctypes.c_void_p)]


# A window can go away between two calls; Xlib would end the test for that.
@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
def errors_are_nothing(_display, _error):
    return 0


def library():
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XSetErrorHandler(errors_are_nothing)
    display, window, number = ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int
    x11.XOpenDisplay.restype = display
    x11.XDefaultRootWindow.restype = x11.XInternAtom.restype = window
    x11.XDefaultRootWindow.argtypes = x11.XCloseDisplay.argtypes = [display]
    x11.XInternAtom.argtypes = [display, ctypes.c_char_p, number]
    x11.XFetchName.argtypes = [display, window, ctypes.c_void_p]
    x11.XQueryTree.argtypes = [display, window] + [ctypes.c_void_p] * 4
    x11.XGetWindowAttributes.argtypes = [display, window, ctypes.c_void_p]
    x11.XSendEvent.argtypes = [display, window, number, ctypes.c_long, ctypes.c_void_p]
    x11.XFree.argtypes = [ctypes.c_void_p]
    x11.XKeysymToKeycode.argtypes = [display, ctypes.c_ulong]
    x11.XSetInputFocus.argtypes = [display, window, number, ctypes.c_ulong]
    x11.XSync.argtypes = [display, number]
    x11.XGetImage.argtypes = [display, window] + [number] * 2 + [ctypes.c_uint] * 2 + [ctypes.c_ulong, number]
    x11.XGetImage.restype = ctypes.POINTER(Image)
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


def in_sight(x11, display, window):
    attributes = Attributes()
    return x11.XGetWindowAttributes(display, window, ctypes.byref(attributes)) and attributes.map_state == IS_VIEWABLE


def named(x11, display, name):
    """Every window in sight with this title. GTK has more: one that is not shown yet, a tiny one that never is."""
    return [window for window in children(x11, display, x11.XDefaultRootWindow(display))
            if title(x11, display, window) == name and in_sight(x11, display, window)]


def press_return(name):
    """Presses the return key in every window with this title; returns how many there were."""
    x11, test = library(), ctypes.CDLL("libXtst.so.6")
    display = x11.XOpenDisplay(None)
    assert display, "there is no display"
    test.XTestFakeKeyEvent.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_ulong]
    key = x11.XKeysymToKeycode(display, RETURN)
    found = named(x11, display, name)
    for window in found:
        x11.XSetInputFocus(display, window, REVERT_TO_PARENT, 0)
        for down in (1, 0):
            test.XTestFakeKeyEvent(display, key, down, 0)
        x11.XSync(display, 0)
    x11.XCloseDisplay(display)
    return len(found)


def close(name):
    """Asks every window with this title to close; returns how many there were."""
    x11 = library()
    display = x11.XOpenDisplay(None)
    assert display, "there is no display"
    found = named(x11, display, name)
    for window in found:
        message = ClientMessage(type=CLIENT_MESSAGE, window=window, format=32,
                                message_type=x11.XInternAtom(display, b"WM_PROTOCOLS", 0))
        message.data[0] = x11.XInternAtom(display, WM_DELETE_WINDOW, 0)
        x11.XSendEvent(display, window, 0, 0, ctypes.byref(message))
    x11.XCloseDisplay(display)
    return len(found)


class Screen:
    """A part of the screen, looked at often and cheaply: (left, top, width, height)."""

    def __init__(self, part, lines=24):
        self.left, top, self.width, height = part
        self.tops = [top + height * line // lines for line in range(lines)]
        self.x11 = library()
        self.display = self.x11.XOpenDisplay(None)
        assert self.display, "there is no display"
        self.root = self.x11.XDefaultRootWindow(self.display)

    def colours(self):
        """How many colours some lines of it have together."""
        found = set()
        for top in self.tops:
            image = self.x11.XGetImage(self.display, self.root, self.left, top, self.width, 1, ALL_PLANES, Z_PIXMAP)
            found.update((ctypes.c_uint32 * self.width).from_address(image.contents.data))
            self.x11.XFree(image.contents.data)
            self.x11.XFree(image)
        return len(found)
