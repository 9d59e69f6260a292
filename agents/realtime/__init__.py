"""What reaches the screens of a workspace's people: named changes, never their contents."""
