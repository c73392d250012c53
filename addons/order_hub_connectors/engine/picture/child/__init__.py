"""The reader of pictures: a program of its own, started for one file.

Decoding pictures and PDFs and running a neural network need memory and time that a
worker of the server must not lose, and work on bytes that strangers sent. Nothing in
here imports Odoo.
"""
