"""A person who can log in, on the platform as a whole."""

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.functional import cached_property

from workspaces.ids import uuid7
from workspaces.names import validate_name


def validate_timezone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError("“%(name)s” is not a time zone we know.", params={"name": name})


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    @transaction.atomic
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Every person has a profile and preferences from the first moment."""
        user: User = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        UserProfile.objects.create(user=user)
        UserPreferences.objects.create(user=user)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=(email or "").lower())


class User(AbstractBaseUser):
    """Logs in by e-mail. `is_staff` marks a platform operator: it says nothing inside any workspace."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True, error_messages={"unique": "Somebody already uses this e-mail address."})
    contact_email = models.EmailField(blank=True, help_text="Where to write, when it is not the log-in address.")
    first_name = models.CharField(max_length=100, validators=[validate_name])
    last_name = models.CharField(max_length=100, blank=True, validators=[validate_name])
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("platform operator", default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name"]

    objects = UserManager()

    class Meta:
        db_table = "users"
        ordering = ["first_name", "last_name", "email"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="users_email_is_lower_case",
                violation_error_message="An e-mail address is kept in lower case.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.email = self.email.strip().lower()

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.first_name or self.email

    @property
    def status(self) -> str:
        return "ACTIVE" if self.is_active else "INACTIVE"

    @cached_property
    def email_verified(self) -> bool:
        return self.emailaddress_set.filter(email=self.email, verified=True).exists()  # type: ignore[attr-defined]

    @cached_property
    def has_two_factor(self) -> bool:
        return self.authenticator_set.exclude(type="recovery_codes").exists()  # type: ignore[attr-defined]

    # Django's admin asks these: on the platform's site an operator may do all.
    def has_perm(self, permission: str, obj: object = None) -> bool:
        return self.is_active and self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff


class UserProfile(models.Model):
    class Gender(models.TextChoices):
        UNSAID = "", "Prefer not to say"
        FEMALE = "FEMALE", "Female"
        MALE = "MALE", "Male"
        OTHER = "OTHER", "Other"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="profile")
    phone = models.CharField(max_length=20, blank=True)
    avatar = models.ImageField(upload_to="avatars/", blank=True)
    timezone = models.CharField(max_length=50, default="UTC", validators=[validate_timezone])
    language = models.CharField(max_length=10, default="en", choices=settings.LANGUAGES)
    bio = models.TextField(blank=True, max_length=1000)
    date_of_birth = models.DateField(null=True, blank=True)
    gender = models.CharField(max_length=20, blank=True, choices=Gender.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "user_profiles"

    def __str__(self) -> str:
        return f"Profile of {self.user_id}"


class UserPreferences(models.Model):
    class Theme(models.TextChoices):
        AUTO = "auto", "As my device"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    class Visibility(models.TextChoices):
        PUBLIC = "PUBLIC", "Everybody in my workspaces"
        PRIVATE = "PRIVATE", "Only who manages members"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="preferences")
    theme = models.CharField(max_length=20, choices=Theme.choices, default=Theme.AUTO)
    email_notifications = models.BooleanField(default=True)
    sms_notifications = models.BooleanField(default=False)
    push_notifications = models.BooleanField(default=True)
    currency = models.CharField(max_length=10, default="USD")
    privacy_profile_visibility = models.CharField(max_length=20, choices=Visibility.choices, default=Visibility.PUBLIC)
    privacy_activity_tracking = models.BooleanField(default=True)
    # Otherwise Ctrl+Enter does, and Enter begins a new line.
    enter_sends = models.BooleanField(default=True)
    shortcuts_on = models.BooleanField(default=True)
    sound_on = models.BooleanField(default=True)
    # By a sound or on a device: otherwise of one's own chats alone.
    told_of_unassigned = models.BooleanField(default=True)
    # On a device, where others may read along: otherwise who wrote and where, but not what.
    notices_show_words = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "user_preferences"

    def __str__(self) -> str:
        return f"Preferences of {self.user_id}"


class UserAddress(models.Model):
    class Type(models.TextChoices):
        HOME = "HOME", "Home"
        WORK = "WORK", "Work"
        BILLING = "BILLING", "Billing"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="addresses")
    address_type = models.CharField("type", max_length=20, choices=Type.choices)
    street_address = models.TextField(blank=True, max_length=500)
    city = models.CharField(max_length=100, blank=True)
    state_province = models.CharField("state or province", max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=100, blank=True)
    is_default = models.BooleanField("use this one by default", default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "user_addresses"
        ordering = ["-is_default", "address_type", "created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(is_default=True), name="one_default_address_per_user"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_address_type_display()}: {self.street_address}, {self.city}"
