"""What every form inherits: CSRF, and taking a broken rule back onto its field."""

from __future__ import annotations

from flask_wtf import FlaskForm

from crm.core.errors import DomainError
from crm.web.errors import sentence_of


class BaseForm(FlaskForm):  # type: ignore[misc]
    """A form of Peyvand. `refuse` puts a broken rule where the person can mend it."""

    def refuse(self, error: DomainError) -> None:
        """Show the error at its field, or at the top when it belongs to none."""
        sentence = sentence_of(error)
        field = self._fields.get(error.field) if error.field else None
        if field is None:
            self.form_errors.append(sentence)
        else:
            field.errors = [*field.errors, sentence]
