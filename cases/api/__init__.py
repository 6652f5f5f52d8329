"""The REST API of cases: another agency's system reads its cases and adds to them, by the same
services and in the same scope as people."""
