"""A student's own notebooks: what they hold, what they are worth so far, whether they run.

- :mod:`~cnnkit.coursework.checking`: look a notebook over before it is handed in
- :mod:`~cnnkit.coursework.overview`: points so far, of a chapter and of the course
- :mod:`~cnnkit.coursework.carrying`: take the work along into a newer release
- :mod:`~cnnkit.coursework.solutions`: the course's own answer, after an honest try
"""
