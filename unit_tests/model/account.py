"""What Movidesk holds against the account: failures of the last minute, and a lock-out.

Each rule that a client breaks is kept in `broken`, for the check after the sync.
"""

_STRIKES, _MINUTE = 3, 60.0
_LADDER = (60.0, 120.0, 300.0)


class Account:
    """Counts failed requests of all syncs.

    Attributes:
        broken: what clients did that they must not.
        requests: how many came.
        most: how many may come; the sync begins with a new number.
    """

    def __init__(self) -> None:
        self.requests, self.most = 0, 0
        self.broken: list[str] = []
        self._failures: list[float] = []
        self._locked_until = self._told_until = float("-inf")
        self._locks = 0

    def arrives(self, now: float) -> None:
        """Take note of a request that leaves the client."""
        self.requests += 1
        if self.requests > self.most:
            self.broken.append("a sync that does not end")
            raise RuntimeError(self.broken[-1])
        if now < self._told_until:
            self.broken.append(f"a request {self._told_until - now:.1f} s before the end of a lock-out")

    def seconds_locked(self, now: float) -> float:
        """Return for how long nothing is answered."""
        return max(0.0, self._locked_until - now)

    def tells(self, now: float) -> None:
        """Take note that the client got a 429 with the time that is left."""
        self._told_until = max(self._told_until, self._locked_until)

    def lock(self, now: float, seconds: float) -> None:
        """Lock the account, as another program of the same customer may cause it."""
        self._locked_until = now + seconds

    def failed(self, now: float) -> None:
        """Count a failure; the third within a minute locks."""
        self._failures = [each for each in self._failures if each > now - _MINUTE] + [now]
        if len(self._failures) >= _STRIKES:
            self.broken.append(f"{len(self._failures)} failed requests within a minute")
            self.lock(now, _LADDER[min(self._locks, 2)])
            self._locks += 1
            self._failures.clear()
