"""The outbox: what is to be told to other systems, and every attempt to tell it; both only ever grow."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TABLES = ("outbox", "outbox_attempts")
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create both tables and the triggers that refuse to change what they hold."""
    op.create_table(
        "outbox",
        sa.Column("outbox_id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("target", sa.String(64), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("idempotency_key", sa.String(200), nullable=False, unique=True),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.CheckConstraint("kind in ('voucher', 'status')", name="outbox_kind_known"),
    )
    op.create_index("outbox_by_target", "outbox", ["target", "outbox_id"])
    op.create_table(
        "outbox_attempts",
        sa.Column("outbox_id", NUMBER, sa.ForeignKey("outbox.outbox_id"), primary_key=True),
        sa.Column("entry_no", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("attempt_no", sa.Integer, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("target_id", sa.Text),
        sa.Column("target_no", sa.Text),
        sa.Column("batch", sa.String(64)),
        sa.Column("not_before", sa.String(32)),
        sa.CheckConstraint("entry_no >= 1", name="outbox_entry_positive"),
        sa.CheckConstraint(
            "outcome in ('sent', 'acknowledged', 'refused', 'failed', 'unknown', 'seen', 'requeued')",
            name="outbox_outcome_known",
        ),
    )
    for statement in _guards(op.get_bind().dialect.name):
        op.execute(statement)


def _guards(dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [
            f"create trigger {table}_no_{deed} before {deed} on {table} "
            f"begin select raise(abort, '{table} is append-only'); end"
            for table in TABLES
            for deed in ("update", "delete")
        ]
    statements = [
        """create function outbox_refuse() returns trigger language plpgsql as $$
        begin raise exception '% is append-only', tg_table_name; end $$"""
    ]
    for table in TABLES:
        statements += [
            f"create trigger {table}_no_change before update or delete on {table} "
            "for each row execute function outbox_refuse()",
            f"create trigger {table}_no_truncate before truncate on {table} "
            "for each statement execute function outbox_refuse()",
        ]
    return statements
