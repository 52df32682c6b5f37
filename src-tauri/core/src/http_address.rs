//! Which IP addresses belong to the public internet, and which to this computer.
//!
//! Invariant: what is not surely public is not public; an IPv4 address inside an IPv6 address is judged as the IPv4 one.
//! Ranges: IANA special-purpose registries (RFC 6890 and successors). Absent: names and ports.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is this computer itself. An IPv4 address dressed as IPv6 is not: nobody writes it innocently.
pub fn is_loopback(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback(),
        IpAddr::V6(ip) => ip.is_loopback(),
    }
}

/// Whether an address is on the public internet.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => v4_is_public(ip),
        IpAddr::V6(ip) => v6_is_public(ip),
    }
}

fn v4_is_public(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let private = matches!((a, b), (10, _) | (172, 16..=31) | (192, 168) | (100, 64..=127));
    let local = matches!((a, b), (0 | 127, _) | (169, 254));
    let papers =
        matches!((a, b, c), (192, 0, 0 | 2) | (192, 88, 99) | (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113));
    // Public by its number, but only the host of a virtual machine at Azure answers there.
    let host_of_azure = ip.octets() == [168, 63, 129, 16];
    !(private || local || papers || host_of_azure || a >= 224)
}

fn v6_is_public(ip: Ipv6Addr) -> bool {
    let words = ip.segments();
    let inner = |high: u16, low: u16| v4_is_public(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match words {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => inner(high, low),
        [0x2002, high, low, ..] => inner(high, low),
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => (0x2000..=0x3fff).contains(&first),
    }
}
