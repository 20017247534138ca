"""The tree of our errors: what may be tried again, what is one message's fault, what is fatal.

Foreign errors become one of these at the edge (architecture, decision 17). Every error that a
person meets carries its text in Korean and in English.
"""


class NaruError(Exception):
    """Base of all errors of the hub; message_ko and message_en say the same thing."""

    code = "HUB_ERROR"
    exit_code = 1

    def __init__(self, message_ko: str, message_en: str) -> None:
        super().__init__(message_en)
        self.message_ko = message_ko
        self.message_en = message_en


class Transient(NaruError):
    """The same unit of work may succeed when it is tried again."""

    code = "TRANSIENT"


class Poison(NaruError):
    """One message cannot be processed; the others can."""

    code = "PROCESSING_FAILED"


class FencedOff(NaruError):
    """Another worker owns the partition now; nothing was written (decision 3, F25)."""

    code = "FENCED_OFF"


class Fatal(NaruError):
    """The process cannot go on; the supervisor starts it again."""

    code = "FATAL"


class Regrouping(Fatal):
    """The worker must join its group anew, as another member."""

    code = "REGROUPING"


class WrongUse(NaruError):
    """The command was given something it cannot work with."""

    code = "WRONG_USE"
    exit_code = 2


class ServiceMissing(NaruError):
    """A service that the command needs is not there."""

    code = "SERVICE_MISSING"
    exit_code = 3
