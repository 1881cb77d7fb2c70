"""What the types of fields are called in the database's own `types`."""

from apiforge.project.defaults import LONGEST_EMAIL, LONGEST_URL
from apiforge.project.fields import Field

_TYPES = {
    "text": "types.Text()",
    "integer": "types.Integer()",
    "bigint": "types.BigInteger()",
    "float": "types.Float()",
    "boolean": "types.Boolean()",
    "date": "types.Date()",
    "datetime": "types.Moment()",
    "uuid": "types.Uuid()",
    "ref": "types.Uuid()",
    "email": f"types.String({LONGEST_EMAIL})",
    "url": f"types.Ascii({LONGEST_URL})",
}


def type_of(field: Field) -> str:
    """The call that makes its type."""
    match field.type.kind:
        case "string":
            return f"types.String({field.type.max_length})"
        case "enum":
            return f"types.String({max(map(len, field.type.members))})"
        case "decimal":
            return f"types.Decimal({field.type.precision}, {field.type.scale})"
        case "json":
            return "types.Json(nullable=True)" if field.optional else "types.Json()"
        case kind:
            return _TYPES[kind]
