"""The one environment of all migrations, called by `appeal.schema` with an open connection; it makes no application."""

from alembic import context

from appeal.schema import metadata, render_item

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata(),
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
