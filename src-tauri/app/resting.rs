//! Gives back what a program that only waits in the tray does not need: GTK and WebKit are loaded with it, whole, and touched
//! once. The pages of their code come from the file again should one be needed; free memory of the heap goes back to the system.
//!
//! Invariant: only pages that are the file's own go, of code and constants that the loader has finished with, and never while a
//! window is open. Absent: other systems, which do this to a program in the background by themselves.

use std::time::Duration;

use tauri::AppHandle;

use crate::window;

/// The start is over by then.
const FIRST: Duration = Duration::from_secs(2);
const EVERY: Duration = Duration::from_secs(60);

/// Gives memory back every minute for as long as the program runs.
pub async fn rest(app: AppHandle) {
    tokio::time::sleep(FIRST).await;
    loop {
        give_back(&app);
        tokio::time::sleep(EVERY).await;
    }
}

/// Gives memory back now, unless a window is open.
pub fn give_back(app: &AppHandle) {
    let handle = app.clone();
    // Windows come up on the main thread only, so that none can come in between.
    let asked = app.run_on_main_thread(move || {
        if !window::is_open(&handle) {
            #[cfg(all(target_os = "linux", target_env = "gnu"))]
            linux::give_back();
        }
    });
    if let Err(error) = asked {
        tracing::debug!(%error, "the app is about to end and keeps its memory until then");
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod linux {
    //! The one place with unsafe code: the system's calls for this have no safe form.
    #![expect(unsafe_code, reason = "madvise, dl_iterate_phdr and malloc_trim")]

    use std::{
        collections::BTreeMap,
        ffi::{c_int, c_void},
        fs,
        ops::Range,
        slice,
    };

    pub(super) fn give_back() {
        let Ok(mappings) = fs::read_to_string("/proc/self/smaps") else { return };
        let mut unchanged = unchanged(&mappings);
        // SAFETY: `forget` has the type that is asked for and gets the map, which lives until the call is over.
        unsafe { libc::dl_iterate_phdr(Some(forget), (&raw mut unchanged).cast()) };
        // SAFETY: may be called at any time.
        unsafe { libc::malloc_trim(0) };
    }

    /// Where files are mapped and no page was ever written to, by begin: a library that changes its own code is not among them.
    fn unchanged(mappings: &str) -> BTreeMap<usize, usize> {
        let mut found = BTreeMap::new();
        let mut last = None;
        for line in mappings.lines() {
            if let Some(range) = read_only_file(line) {
                last = Some(range);
            } else if line.starts_with("Anonymous:")
                && let Some(Range { start, end }) = last.take()
                && line.split_whitespace().nth(1) == Some("0")
            {
                found.insert(start, end);
            }
        }
        found
    }

    /// The place of a private, read-only mapping of a file, from the line that begins its description.
    fn read_only_file(line: &str) -> Option<Range<usize>> {
        let mut words = line.split_whitespace();
        let (start, end) = words.next()?.split_once('-')?;
        let kept = matches!(words.next()?, "r--p" | "r-xp") && words.nth(3)?.starts_with('/');
        let place = |text| usize::from_str_radix(text, 16).ok();
        kept.then_some(place(start)?..place(end)?)
    }

    /// Called for each library with the loader's lock held, so that none comes or goes meanwhile.
    unsafe extern "C" fn forget(library: *mut libc::dl_phdr_info, _size: usize, unchanged: *mut c_void) -> c_int {
        // SAFETY: the loader hands over a valid description, and the map that `give_back` gave.
        let (library, unchanged) = unsafe { (&*library, &*unchanged.cast::<BTreeMap<usize, usize>>()) };
        // SAFETY: so many headers are there.
        let headers = unsafe { slice::from_raw_parts(library.dlpi_phdr, library.dlpi_phnum.into()) };
        for part in headers.iter().filter(|part| part.p_type == libc::PT_LOAD && part.p_flags & libc::PF_W == 0) {
            let begin = (library.dlpi_addr + part.p_vaddr) as usize;
            let end = begin + part.p_memsz as usize;
            if let Some((&start, &stop)) = unchanged.range(..=begin).next_back()
                && end <= stop
            {
                // SAFETY: the file's own pages, read-only and unchanged, which the next access reads again. The range is of this
                // one mapping, whose begin is the begin of a page.
                unsafe { libc::madvise(start as *mut c_void, stop - start, libc::MADV_DONTNEED) };
            }
        }
        0
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn only_unchanged_files_are_given_back() {
            let mappings = "\
7f0000001000-7f0000003000 r-xp 00001000 fe:00 77    /usr/lib/libone.so
Anonymous:             0 kB
7f0000003000-7f0000004000 r-xp 00003000 fe:00 78    /usr/lib/patched.so
Anonymous:             4 kB
7f0000004000-7f0000005000 rw-p 00004000 fe:00 77    /usr/lib/libone.so
Anonymous:             0 kB
7f0000005000-7f0000006000 r--s 00005000 fe:00 79    /usr/share/mapped
Anonymous:             0 kB
7f0000006000-7f0000007000 r-xp 00000000 00:00 0     [vdso]
Anonymous:             0 kB
7f0000007000-7f0000008000 r--p 00000000 00:00 0
Anonymous:             0 kB
7f0000008000-7f0000009000 r--p 00008000 fe:00 80    /usr/lib/libtwo.so (deleted)
Anonymous:             0 kB
";
            let expected = BTreeMap::from([(0x7f00_0000_1000, 0x7f00_0000_3000), (0x7f00_0000_8000, 0x7f00_0000_9000)]);
            assert_eq!(unchanged(mappings), expected);
        }

        #[test]
        fn a_program_goes_on_with_its_code_read_anew() {
            for _ in 0..3 {
                give_back();
            }
            assert_eq!("all is there".to_uppercase(), "ALL IS THERE");
        }
    }
}
