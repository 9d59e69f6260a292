"""A person's own account: profile, preferences, addresses, activity."""

from django.contrib import messages
from django.forms import Form, ModelForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workspaces.actions.people import change_preferences, change_profile, remove_address, save_address
from workspaces.forms.people import AddressForm, PersonForm, PictureForm, PreferencesForm, ProfileForm
from workspaces.models import User, UserActivity, UserAddress, UserPreferences, UserProfile
from workspaces.paging import page_of
from workspaces.views.chooser import PersonRequest


@require_http_methods(["GET", "POST"])
def profile(request: PersonRequest) -> HttpResponse:
    # Validating a form writes into its row: not the one in the request, which the page shows.
    person = PersonForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    form = ProfileForm(request.POST or None, instance=UserProfile.objects.get(user=request.user))
    if person.is_valid() and form.is_valid():
        change_profile(request.user, person=person.cleaned_data, profile=form.cleaned_data)
        messages.success(request, "Your profile is saved.")
        return redirect("workspaces:profile")
    return profile_page(request, person=person, form=form)


def profile_page(request: PersonRequest, **forms: Form | ModelForm) -> HttpResponse:
    context = {
        "person": PersonForm(instance=request.user),
        "form": ProfileForm(instance=request.user.profile),
        "picture": PictureForm(),
        **forms,
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "workspaces/profile.html", context, status=status)


@require_http_methods(["GET", "POST"])
def preferences(request: PersonRequest) -> HttpResponse:
    form = PreferencesForm(request.POST or None, instance=UserPreferences.objects.get(user=request.user))
    if form.is_valid():
        change_preferences(request.user, **form.cleaned_data)
        messages.success(request, "Your preferences are saved.")
        return redirect("workspaces:preferences")
    return render(request, "workspaces/preferences.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def addresses(request: PersonRequest) -> HttpResponse:
    form = AddressForm(request.POST or None)
    if form.is_valid():
        save_address(request.user, form.save(commit=False))
        messages.success(request, "The address is saved.")
        return redirect("workspaces:addresses")
    context = {"addresses": request.user.addresses.all(), "form": form}
    return render(request, "workspaces/addresses.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def address(request: PersonRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(UserAddress, pk=pk, user=request.user)
    form = AddressForm(request.POST or None, instance=found)
    if form.is_valid():
        save_address(request.user, form.save(commit=False))
        messages.success(request, "The address is saved.")
        return redirect("workspaces:addresses")
    return render(
        request,
        "workspaces/address.html",
        {"address": found, "form": form},
        status=422 if form.errors else 200,
    )


@require_POST
def address_removal(request: PersonRequest, pk: str) -> HttpResponse:
    remove_address(get_object_or_404(UserAddress, pk=pk, user=request.user), by=request.user)
    messages.success(request, "The address is removed.")
    return redirect("workspaces:addresses")


@require_safe
def activity(request: PersonRequest) -> HttpResponse:
    page = page_of(UserActivity.objects.of(request.user).select_related("workspace", "user__profile"), request.GET)
    return render(request, "workspaces/activity.html", {"page": page})
