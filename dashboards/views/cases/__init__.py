"""The pages of casework: find (scoped), parse, call one service, go on."""
