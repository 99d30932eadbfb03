"""The library's forms in the look of ours: a field says what it is above itself, not once more inside."""

from typing import Any

from allauth.account import forms


class _Labelled:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # type: ignore[attr-defined]
            field.widget.attrs.pop("placeholder", None)


class LoginForm(_Labelled, forms.LoginForm):  # type: ignore[misc] # published without types
    pass


class ChangePasswordForm(_Labelled, forms.ChangePasswordForm):  # type: ignore[misc]
    pass


class ReauthenticateForm(_Labelled, forms.ReauthenticateForm):  # type: ignore[misc]
    pass
