"""The registers that go out to Excel and come back, by their name in the address."""

from typing import Final

from minsheng.office.resources import AliasRegister, PeopleRegister, Register, SourceRegister, UnitRegister
from minsheng.office.right_register import RightRegister

REGISTERS: Final[dict[str, type[Register]]] = {
    "units": UnitRegister,
    "aliases": AliasRegister,
    "people": PeopleRegister,
    "sources": SourceRegister,
    "rights": RightRegister,
}
