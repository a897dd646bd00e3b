"""Users, sign-in, sessions, roles, one-time links, API tokens, and the workspace they share.

Words: a *user* signs in; a *role* is a named row of permissions; a *session* is one browser of one user;
the *workspace* is this installation. Stands on web and core.
"""
