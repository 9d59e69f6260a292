"""What a browser says when it wants to be told."""

from django import forms

from agents.models.push import LONGEST_ENDPOINT


class DeviceForm(forms.Form):
    endpoint = forms.CharField(max_length=LONGEST_ENDPOINT)
    p256dh = forms.CharField(max_length=200)
    auth = forms.CharField(max_length=100)
    # The endpoint that the browser had before, when it has changed it by itself.
    replaces = forms.CharField(max_length=LONGEST_ENDPOINT, required=False)
