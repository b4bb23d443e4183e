"""kg reads abstracts of machine-learning papers and builds a knowledge graph that can be queried.

>>> import kg
>>> kg.__version__
'0.1.0'
"""

__version__ = "0.1.0"
