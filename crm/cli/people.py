"""People and tokens: user add, token add."""

from __future__ import annotations

import sys

import click

from crm.accounts import queries as accounts_queries
from crm.accounts import service as accounts
from crm.accounts.models import LinkPurpose
from crm.cli.speaking import json_option, plain_errors, settings, tell
from crm.core.db import unit_of_work


@click.group()
def user() -> None:
    """People who sign in."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", "roles", multiple=True, required=True, help="May be given several times.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@json_option
@plain_errors
def user_add(email: str, name: str, roles: tuple[str, ...], password_stdin: bool, as_json: bool) -> None:
    """Make an account; prints a one-time sign-in link when no password is given."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    with unit_of_work():
        person = accounts.create_user(name=name, email=email, roles=roles, password=password)
        link = None
        if password is None:
            link = f"{settings().base_url}/sign-in/link/{accounts.make_link(LinkPurpose.SIGN_IN, person)}"
        result = {"user": person.id, "email": person.email, "roles": person.roles, "link": link}
    tell(as_json, result, link or f"{result['email']} can sign in now.")


@click.group()
def token() -> None:
    """API tokens."""


@token.command("add")
@click.option("--user", "email", required=True, help="Email of the user it belongs to.")
@click.option("--name", required=True)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    help="A permission such as contacts:view; none is all the user may do.",
)
@json_option
@plain_errors
def token_add(email: str, name: str, scopes: tuple[str, ...], as_json: bool) -> None:
    """Make an API token and print it once."""
    with unit_of_work():
        person = accounts_queries.find_user_by_email(email)
        if person is None:
            raise click.ClickException(f"There is no user {email}.")
        made = accounts.create_token(person, name=name, scopes=scopes or None)
    tell(as_json, {"token": made}, made)


COMMANDS = [user, token]
