"""The synthetic borough: invented schools, families and registers on real wards.

Pure Python and numpy: no database, no clock; the same for a seed. `build.make_borough` writes a
bundle; `fixtures` names the children whose registers tell a known story.
"""
