"""Groups of commands, one a module, and the options that all commands share; `kg/cli.py` puts them together."""
