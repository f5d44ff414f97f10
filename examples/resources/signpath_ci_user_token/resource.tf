resource "signpath_ci_user" "project_b_release" {
  name = "PrjB-release"
}

# The state has the token encrypted only. Whoever has one of the private keys
# opens it:
#
#   terraform output -raw project_b_release_token | age -d -i key.txt
resource "signpath_ci_user_token" "project_b_release" {
  ci_user = signpath_ci_user.project_b_release.member

  # Another token before it is 90 days old, in the first apply that finds it due,
  # or when this number changes.
  rotate_after      = "90d"
  rotation_triggers = { rotation = "1" }

  encryption_recipients = [
    "age1ma6vu3nvnqz7zfe4zs0ytgymjtq8ys7pz5tgy4jd756jpagrl4sq3j6z5u",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF0fPzY8ZRZzGDUAdSgIElSvfIz3XtxHHmI2xo13C8jQ build-team@example.com",
  ]
}

output "project_b_release_token" {
  value = signpath_ci_user_token.project_b_release.encrypted_token
}
