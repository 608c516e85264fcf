"""Network addresses: which of them count as one sender."""

import ipaddress
from functools import lru_cache


@lru_cache(maxsize=4096)
def sender_block(address: str) -> str:
    """The block that one subscriber holds: an IPv4 address itself, the /64 of an IPv6 one.

    What is no address (a socket's path) stands for itself.
    """
    try:
        network = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((network, 64 if network.version == 6 else 32), strict=False))
