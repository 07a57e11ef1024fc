"""The one environment of all migrations, called by `appeal.schema` with an open connection; it makes no application."""

from alembic import context

from appeal.schema import is_of_the_models, metadata, render_item

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata(),
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
    include_name=is_of_the_models,
)
with context.begin_transaction():
    context.run_migrations()
