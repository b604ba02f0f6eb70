"""How much one network sends, without knowing whose network it is.

A network is an IPv4 /24 or an IPv6 /64. Only a hash of it is kept, salted with
the day and the blog's secret, and only as long as its window is open.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress

from limits import RateLimitItemPerDay, RateLimitItemPerMinute, parse
from limits.storage import MemoryStorage, Storage
from limits.strategies import FixedWindowRateLimiter

_ONCE = RateLimitItemPerDay(1)
_TRIES = RateLimitItemPerMinute(10)


class Rates:
    """Counts per network. `storage` may be shared between processes.

    comments, requests: such as "5 per 10 minutes"; "" never says too many.
    """

    def __init__(
        self, secret: str, comments: str = "", requests: str = "", storage: Storage | None = None
    ) -> None:
        self._secret = secret.encode()
        self._limiter = FixedWindowRateLimiter(storage or MemoryStorage())
        self._comments = parse(comments) if comments else None
        self._requests = parse(requests) if requests else None

    def too_many_requests(self, address: str, now: float) -> bool:
        """Count a request; tell whether it is beyond the limit."""
        if self._requests is None:
            return False
        return not self._limiter.hit(self._requests, "r", self.network(address, now))

    def too_many_comments(self, address: str, now: float) -> bool:
        """Count a comment; tell whether it is beyond the usual."""
        if self._comments is None:
            return False
        return not self._limiter.hit(self._comments, "c", self.network(address, now))

    def too_many_logins(self, address: str, now: float) -> bool:
        """Count a try at the passphrase; tell whether there were too many."""
        return not self._limiter.hit(_TRIES, "l", self.network(address, now))

    def used(self, nonce: str) -> bool:
        """Note that `nonce` came; tell whether it came before."""
        return not self._limiter.hit(_ONCE, "n", nonce)

    def network(self, address: str, now: float) -> str:
        """Return the salted name of the network of `address`."""
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            network = "none"  # a socket file, or a test
        else:
            if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
                ip = ip.ipv4_mapped
            width = 24 if ip.version == 4 else 64
            network = str(ipaddress.ip_network((ip, width), strict=False))
        salted = f"{int(now // 86400)} {network}".encode()
        return hmac.new(self._secret, salted, hashlib.blake2b).hexdigest()[:24]
