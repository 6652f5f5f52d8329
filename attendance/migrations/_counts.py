"""How a migration rebuilds the generated columns of `register_week` after the code table changed.

A generated column cannot be altered: Django writes such a migration and then refuses to run it. So
a migration that changes what a symbol counts as says `operations = [rebuild_counts()]`, which drops
the columns and adds them again, all in one statement: the table is rewritten once.
"""

from django.db import migrations

from attendance.models import RegisterWeek


def _generated_fields():
    return [field for field in RegisterWeek._meta.local_fields if field.generated]


def _drop_and_add(apps, schema_editor):
    actions, values = [], []
    for field in _generated_fields():
        definition, parameters = schema_editor.column_sql(RegisterWeek, field)
        name = schema_editor.quote_name(field.column)
        actions += [f"DROP COLUMN {name}", f"ADD COLUMN {name} {definition}"]
        values += parameters
    table = schema_editor.quote_name(RegisterWeek._meta.db_table)
    schema_editor.execute(f"ALTER TABLE {table} {', '.join(actions)}", values or None)


def rebuild_counts():
    """The operation: one rewrite of the table, and the migration state told of the new columns."""
    fields = [(field.name, field.clone()) for field in _generated_fields()]
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunPython(_drop_and_add, _drop_and_add),
        ],
        state_operations=[
            *(migrations.RemoveField("RegisterWeek", name) for name, _ in fields),
            *(migrations.AddField("RegisterWeek", name, field) for name, field in fields),
        ],
    )
