"""Forms about the workspace itself."""

from collections.abc import Iterable
from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from workspaces.forms.people import TimezoneChoiceField, keep_choice, words
from workspaces.models import User, Workspace, WorkspaceProfile

CURRENCIES = [
    ("AED", "AED, UAE dirham"),
    ("ARS", "ARS, Argentine peso"),
    ("AUD", "AUD, Australian dollar"),
    ("BDT", "BDT, Bangladeshi taka"),
    ("BRL", "BRL, Brazilian real"),
    ("CAD", "CAD, Canadian dollar"),
    ("CHF", "CHF, Swiss franc"),
    ("CLP", "CLP, Chilean peso"),
    ("CNY", "CNY, Chinese yuan"),
    ("COP", "COP, Colombian peso"),
    ("CZK", "CZK, Czech koruna"),
    ("DKK", "DKK, Danish krone"),
    ("EGP", "EGP, Egyptian pound"),
    ("EUR", "EUR, euro"),
    ("GBP", "GBP, British pound"),
    ("GHS", "GHS, Ghanaian cedi"),
    ("HKD", "HKD, Hong Kong dollar"),
    ("HUF", "HUF, Hungarian forint"),
    ("IDR", "IDR, Indonesian rupiah"),
    ("ILS", "ILS, Israeli shekel"),
    ("INR", "INR, Indian rupee"),
    ("JPY", "JPY, Japanese yen"),
    ("KES", "KES, Kenyan shilling"),
    ("KRW", "KRW, South Korean won"),
    ("MAD", "MAD, Moroccan dirham"),
    ("MXN", "MXN, Mexican peso"),
    ("MYR", "MYR, Malaysian ringgit"),
    ("NGN", "NGN, Nigerian naira"),
    ("NOK", "NOK, Norwegian krone"),
    ("NZD", "NZD, New Zealand dollar"),
    ("PEN", "PEN, Peruvian sol"),
    ("PHP", "PHP, Philippine peso"),
    ("PKR", "PKR, Pakistani rupee"),
    ("PLN", "PLN, Polish zloty"),
    ("QAR", "QAR, Qatari riyal"),
    ("RON", "RON, Romanian leu"),
    ("SAR", "SAR, Saudi riyal"),
    ("SEK", "SEK, Swedish krona"),
    ("SGD", "SGD, Singapore dollar"),
    ("THB", "THB, Thai baht"),
    ("TRY", "TRY, Turkish lira"),
    ("TWD", "TWD, New Taiwan dollar"),
    ("UAH", "UAH, Ukrainian hryvnia"),
    ("USD", "USD, US dollar"),
    ("VND", "VND, Vietnamese dong"),
    ("ZAR", "ZAR, South African rand"),
]


class WorkspaceForm(forms.ModelForm):
    class Meta:
        model = Workspace
        fields = ["name", "description", "visibility"]
        help_texts = {"description": "What you do, for people who are new here."}
        widgets = {
            "name": words(autocomplete="organization"),
            "description": forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
            "visibility": forms.RadioSelect,
        }


class WorkspaceProfileForm(forms.ModelForm):
    timezone = TimezoneChoiceField(help_text="For opening hours and reports; each person sees times in their own.")
    currency = forms.ChoiceField(choices=CURRENCIES)

    class Meta:
        model = WorkspaceProfile
        fields = [
            "industry",
            "company_size",
            "website",
            "timezone",
            "currency",
            "language",
            "admin_name",
            "admin_email",
            "admin_phone",
        ]
        labels = {"admin_name": "Name", "admin_email": "E-mail", "admin_phone": "Phone"}
        widgets = {
            "industry": words(),
            "website": forms.URLInput(attrs={"placeholder": "https://"}),
            "admin_name": words(),
            "admin_phone": forms.TextInput(attrs={"type": "tel"}),
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["company_size"].choices = [("", "Not said"), *WorkspaceProfile.Size.choices]  # type: ignore[attr-defined]
        keep_choice(self, "timezone")
        keep_choice(self, "currency")


class TwoFactorForm(forms.Form):
    required = forms.BooleanField(
        required=False,
        label="Every member needs a second factor",
        help_text="From their next click on, members without one are asked to set it up before they get in again.",
        widget=forms.CheckboxInput(attrs={"class": "switch", "role": "switch"}),
    )


# What the log tells apart, in the words of who looks for it. Each is the beginning of an activity's type.
KINDS = [
    ("", "Everything"),
    ("workspace.entered", "Signing in here"),
    ("workspace.", "The workspace"),
    ("member.", "Members"),
    ("invitation.", "Invitations"),
    ("agent.", "Availability and positions of people"),
    ("position.", "Positions"),
    ("holiday.", "Holidays"),
    ("chats.", "Hand-overs"),
    ("channel.", "Channels"),
    ("reply.", "Canned replies"),
    ("label.", "Labels"),
    ("rule.", "Routing rules"),
    ("inbox.", "The inbox's rules and hours"),
]


class DayField(forms.DateField):
    """Days that a clock can be set to: the calendar's last one has no tomorrow."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_validators = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))]

    def __init__(self) -> None:
        super().__init__(required=False)


class ActivityFilterForm(forms.Form):
    person = forms.ChoiceField(required=False, choices=[])
    what = forms.CharField(required=False, max_length=50, widget=forms.Select(choices=KINDS))
    since = DayField()
    until = DayField()

    def __init__(self, *args: object, people: Iterable[User], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if (what := str(self.data.get("what", ""))) not in dict(KINDS):
            self.fields["what"].widget.choices = [*KINDS, (what, what)]
        self.fields["person"].choices = [("", "Everybody"), *((str(one.pk), one.name) for one in people)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        wanted: dict[str, object] = super().clean() or self.cleaned_data
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", "This is before the first day.")
        return wanted
