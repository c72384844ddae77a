"""The audit log: a chain of entries that the database itself refuses to change."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

REFUSAL = "audit_log is append-only"


def upgrade() -> None:
    """Create the table and the triggers that guard it."""
    op.create_table(
        "audit_log",
        sa.Column("entry_no", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("happened_at", sa.String(32), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("entry_hash", sa.String(64), nullable=False, unique=True),
    )
    op.create_index("audit_log_by_subject", "audit_log", ["action", "subject", "entry_no"])
    guards = {"sqlite": _sqlite_guards, "postgresql": _postgresql_guards}
    for statement in guards[op.get_bind().dialect.name]():
        op.execute(statement)


def _sqlite_guards() -> list[str]:
    refuse = f"begin select raise(abort, '{REFUSAL}'); end"
    return [
        f"create trigger audit_log_no_update before update on audit_log {refuse}",
        f"create trigger audit_log_no_delete before delete on audit_log {refuse}",
        f"""create trigger audit_log_in_order before insert on audit_log
        when new.entry_no <> (select coalesce(max(entry_no), 0) + 1 from audit_log) {refuse}""",
    ]


def _postgresql_guards() -> list[str]:
    return [
        f"""create function audit_log_refuse() returns trigger language plpgsql as $$
        begin raise exception '{REFUSAL}'; end $$""",
        f"""create function audit_log_next() returns trigger language plpgsql as $$
        begin
            if new.entry_no <> (select coalesce(max(entry_no), 0) + 1 from audit_log) then
                raise exception '{REFUSAL}';
            end if;
            return new;
        end $$""",
        "create trigger audit_log_no_change before update or delete on audit_log "
        "for each row execute function audit_log_refuse()",
        "create trigger audit_log_no_truncate before truncate on audit_log "
        "for each statement execute function audit_log_refuse()",
        "create trigger audit_log_in_order before insert on audit_log "
        "for each row execute function audit_log_next()",
    ]
