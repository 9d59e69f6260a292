"""What `make run` says once everything answers."""

WELCOME = """
Switchboard runs. Ctrl-C stops it; `make reset` begins anew.

  {addresses}

  Log in with the password switchboard-demo as

  ana@acme.example           the owner of Acme
  sam@acme.example           a supervisor there
  bo@acme.example            an agent there
  ops@switchboard.example    an operator of the platform
"""
