"""How much one network sends, without knowing whose network it is.

A network is an IPv4 /24 or an IPv6 /64. Only a hash of it is kept, salted with
the day and the blog's secret, and only as long as its window is open.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress

from limits import RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute, parse
from limits.storage import MemoryStorage, Storage
from limits.strategies import FixedWindowRateLimiter

_ONCE = RateLimitItemPerDay(1)
_TRIES = RateLimitItemPerMinute(10)
#: Mails that ask a reader back: to one mailbox, at the wish of one network, and
#: of everybody. Many networks together must not flood many mailboxes either.
_PER_MAILBOX = RateLimitItemPerDay(3)
_PER_NETWORK = RateLimitItemPerHour(10)
_PER_BLOG = RateLimitItemPerHour(100)


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

    def too_many_mails(self, address: str, mailbox: str, now: float) -> bool:
        """Count a mail that a form asks for; tell whether it must not be sent."""
        salted = self._salted(mailbox, now)
        return not (
            self._limiter.hit(_PER_NETWORK, "mn", self.network(address, now))
            and self._limiter.hit(_PER_MAILBOX, "mm", salted)
            and self._limiter.hit(_PER_BLOG, "mb")
        )

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
        return self._salted(network, now)

    def _salted(self, word: str, now: float) -> str:
        salted = f"{int(now // 86400)} {word}".encode()
        return hmac.new(self._secret, salted, hashlib.blake2b).hexdigest()[:24]
