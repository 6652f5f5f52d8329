"""The named set-based statements: one file a result, each naming the rules it must equal."""
