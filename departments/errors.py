"""The one kind of error that people read."""


class DomainError(Exception):
    """A refusal by a rule of the domain. Its text is for the user: a whole sentence that says what to do."""


class IllegalTransition(DomainError):
    """The thing is no longer in a state in which this step is possible; somebody else may have acted first."""


class Conflict(DomainError):
    """Somebody else changed the same thing meanwhile; nothing was overwritten."""
