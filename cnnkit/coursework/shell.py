"""The IPython shell that runs a notebook's cells where nobody looks at a screen."""

from __future__ import annotations


def make_shell():
    """Make a shell without history, without colours, without output of its own."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "NoColor"
    config.InteractiveShell.cache_size = 0
    shell = InteractiveShell.instance(config=config)
    shell.showtraceback = lambda *args, **kwargs: None  # reported from the result instead
    shell.showsyntaxerror = lambda *args, **kwargs: None
    shell.enable_gui = lambda gui=None: None  # what %matplotlib asks for; there is no screen
    shell.system = shell.system_raw  # the other form of !command wants a terminal
    shell.run_cell("None", store_history=False)  # warms IPython's own imports
    return shell
