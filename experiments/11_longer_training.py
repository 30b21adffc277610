"""Whether augmentation gains by time: three trainings of the first experiment, three times as long.

The same nets, pictures and seeds as in 11_augmentation_and_regularisation.py.
"""

from importlib import import_module

from records import Book

first = import_module("11_augmentation_and_regularisation")
first.EPOCHS *= 3

book = Book("11_longer_training", data=["apparel"])
for remedy in ("none", "shift by up to 2", "cut-out and mix-up"):
    for seed in range(3):
        book.run({"remedy": remedy, "seed": seed}, first.work)
book.close()
