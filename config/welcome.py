"""What `make run` says once everything answers."""

from urllib.parse import urlsplit

WELCOME = """
Switchboard runs. Ctrl-C stops it; `make reset` begins anew.

  {addresses}

  Log in with the password switchboard-demo as

  ana@acme.example           the owner of Acme
  sam@acme.example           a supervisor there
  bo@acme.example            an agent there
  ops@switchboard.example    an operator of the platform
"""


def welcome(public_url: str, sandbox: str = "") -> str:
    site = urlsplit(public_url)
    addresses = {
        public_url: "the public site: sign up, log in",
        f"{site.scheme}://acme.{site.netloc}": "the workspace Acme",
        f"{site.scheme}://globex.{site.netloc}": "the workspace Globex",
        f"{public_url}/mailbox/": "where development's mail arrives",
        f"{public_url}/admin/": "the operators' admin; each workspace has its own under /admin/",
    }
    if sandbox:
        addresses[sandbox] = "Meta, played: write as a customer, switch faults on"
    width = max(map(len, addresses)) + 2
    lines = (f"{address:<{width}}{what}" for address, what in addresses.items())
    return WELCOME.format(addresses="\n  ".join(lines))
