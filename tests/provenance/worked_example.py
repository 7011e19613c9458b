"""The worked example of the reference page: three mixes, each trained on by the next model of a line."""

EXAMPLE = """\
name = "mix3"
line = ["m0", "m1", "m2"]

[[source]]
name = "books"

[[source]]
name = "crawl"

[[source]]
name = "m0-output"
op = "generate"
by = "m0"

[[source]]
name = "books-translated"
op = "translate"
of = "books"
by = "mt-model-x"

[[source]]
name = "m1-output"
op = "generate"
by = "m1"

[[source]]
name = "m2-output"
op = "generate"
by = "m2"

[[model]]
id = "m0"
trained_on = "books"

[[model]]
id = "m1"
trained_on = "mix1"

[[model]]
id = "m2"
trained_on = "mix2"

[[mix]]
name = "mix1"
sources = [
  { name = "books", tokens = 30e9 }, { name = "crawl", tokens = 40e9 },
  { name = "m0-output", tokens = 5e9 }, { name = "books-translated", tokens = 5e9 },
]

[[mix]]
name = "mix2"
sources = [
  { name = "books", tokens = 30e9 }, { name = "crawl", tokens = 40e9 },
  { name = "m0-output", tokens = 5e9 }, { name = "m1-output", tokens = 8e9 },
]

[[mix]]
name = "mix3"
sources = [{ name = "crawl", tokens = 40e9 }, { name = "m2-output", tokens = 20e9 }]

[[assumption]]
id = "books"
human = 1.0
owner = "library"
reason = "printed before 1990"

[[assumption]]
id = "crawl"
made = [0.08, 0.17]
human = [0.83, 0.92]
depth = [1, 3]
owner = "crawl team"
reason = "audited in 2025"
"""

ASSUMED = """
[[assumption]]
id = "mt-model-x"
synthetic = [0, 0.5]
depth = [1, 3]
owner = "data-gov"
reason = "its maker says that most of it is human"
expires = "2027-06-30"
"""
