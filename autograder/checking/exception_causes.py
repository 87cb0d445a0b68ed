"""What an exception of a learner's code usually means, in plain words."""

import re

from autograder.checking.value_causes import Cause
from autograder.engine.exceptions import Raised
from autograder.util.i18n import _

MAX_WORD = 60


def of_exception(raised: Raised, function: str) -> Cause:
    """The cause behind an exception of the learner's code, in plain words."""
    for kinds, pattern, name, text in _EXPLAINED:
        if kinds and raised.type_name not in kinds:
            continue
        found = re.search(pattern, raised.message, re.DOTALL)
        if found:
            words = {key: (part or "")[:MAX_WORD] for key, part in found.groupdict().items()}
            if "of" in words and words["of"] != function:
                continue
            return Cause(name, text.format(function=function, **words))
    return Cause(
        "exception-raised",
        _(
            "Run the failing line alone and look at the values that go into it. Which of them is "
            "not what you expect?"
        ),
    )


_ANY = ()
_MISSING = _(
    "Your {function} lacks a default, or asks for an argument that the course does not pass "
    "({names}). How does the stub write its parameters?"
)

# (types, pattern in the message, name, text); a group `of` must be the function that is checked.
_EXPLAINED = (
    (
        ("ModuleNotFoundError",),
        r"",
        "package-missing",
        _("That package is not installed here, or is misspelt."),
    ),
    (
        ("ImportError",),
        r"",
        "import-failed",
        _("That module has no such name: misspelt, moved, or of another version."),
    ),
    (
        ("UnboundLocalError",),
        r"(?:variable '(?P<name>\w+)')?",
        "variable-unbound",
        _(
            "{name} is read before this function gives it a value: set in a branch or loop that "
            "was not run. Which path leads past its assignment?"
        ),
    ),
    (
        ("NameError",),
        r"name '(?P<name>\w+)' is not defined",
        "name-undefined",
        _(
            "Nothing defines the name {name} before this line: an import is missing, under "
            "another name, or misspelt. Where should it come from?"
        ),
    ),
    (
        ("TypeError",),
        r"^(?:\w+\.)*(?P<of>\w+)\(\) missing \d+ required .*?arguments?: (?P<names>.*)",
        "default-missing",
        _MISSING,
    ),
    (
        ("TypeError",),
        r"^(?:\w+\.)*(?P<of>\w+)\(\) got an unexpected keyword argument '(?P<name>\w+)'",
        "parameter-renamed",
        _(
            "Your {function} has no parameter {name}: it is missing or has another name. "
            "Which names stand in the first line of the stub?"
        ),
    ),
    (
        ("TypeError",),
        r"^(?:\w+\.)*(?P<of>\w+)\(\) takes .*positional argument",
        "parameter-missing",
        _(
            "Your {function} takes fewer arguments than the course passes: a parameter is missing. "
            "Which names stand in the first line of the stub?"
        ),
    ),
    (
        _ANY,
        r"unexpected keyword argument '?(?P<name>\w+)"
        r"|[Uu]nrecognized keyword arguments?.*?(?P<other>\w+)'?\W*$",
        "argument-unknown",
        _(
            "The function called in this line knows no argument {name}{other}: misspelt, or "
            "renamed or removed in the version installed here. What does its help list?"
        ),
    ),
    (
        _ANY,
        r"missing \d+ required .*arguments?: (?P<names>.*)",
        "argument-missing",
        _("A call in this line lacks an argument: {names}. Which ones does that function take?"),
    ),
    (
        _ANY,
        r"takes .*positional argument|positional arguments? follow|too many positional",
        "arguments-too-many",
        _(
            "A call in this line passes more arguments than that function takes. "
            "Are they to be given as one list?"
        ),
    ),
    (
        _ANY,
        r"NoneType",
        "none-used",
        _(
            "A value in this line is None: a function without `return`, or a method that works in "
            "place and gives nothing back. Or an optional argument was left out. Which one is it?"
        ),
    ),
    (
        ("ValueError",),
        r"Cannot convert '[^']*' to a shape",
        "number-for-shape",
        _(
            "A plain number stands where a shape is asked for, and a shape is a tuple, also where "
            "it has one axis only. How does Python write a tuple of one entry?"
        ),
    ),
    (
        ("ValueError",),
        r"Only input tensors may be passed as positional.*keyword argument: <",
        "layer-not-called",
        _(
            "A layer is handed on that was built but never called, where the tensor is asked for "
            "that comes out of it. What turns one tensor into the next: building, or calling?"
        ),
    ),
    (
        ("ValueError",),
        r"Only input tensors may be passed as positional",
        "plain-values-in-a-layer",
        _(
            "A layer gets plain numbers, or a list of them, while a model is put together, and no "
            "id is known yet. What stands for the ids until they come?"
        ),
    ),
    (
        ("ValueError",),
        r"All `\w+` values must be KerasTensors",
        "no-tensor-for-the-model",
        _(
            "A model is made of symbolic tensors, from an Input to what the last layer returns; a "
            "layer, an array or a list stands in place of one. What turns a layer into a tensor?"
        ),
    ),
    (
        ("TypeError",),
        r"^Layer\.__init__\(\) takes 1 positional argument",
        "inputs-and-output-wanted",
        _(
            "A model is told two things: where it starts, all inputs in one list, and where it "
            "ends. What do you hand over, and which of the two is missing or split?"
        ),
    ),
    (
        ("ValueError",),
        r"is not connected to `inputs`",
        "input-left-out",
        _(
            "The output depends on an Input that the model is not told of, or on none at all. "
            "From which inputs is the score computed, and which ones does the list hold?"
        ),
    ),
    (
        ("IndexError",),
        r"^tuple index out of range",
        "axis-not-there",
        _(
            "An axis is looked for in what has none: a single number, where arrays with one entry "
            "a row are asked for, or a shape (). What is the shape of what you hand over?"
        ),
    ),
    (
        ("ValueError",),
        r"Unrecognized data type: x=",
        "lists-for-arrays",
        _(
            "`predict` and `fit` take arrays, one for each input, and got Python numbers or lists. "
            "What makes an array of a list, and what shape has it then?"
        ),
    ),
    (
        ("TypeError",),
        r"^int\(\) argument must be .*NoneType",
        "size-not-known-yet",
        _(
            "A size is None: a symbolic tensor's batch has no length, and no numbers, until the "
            "model is used. Should this line compute, or only say how to?"
        ),
    ),
    (
        ("AttributeError",),
        r"'(?:Functional|Model|Sequential)' object has no attribute '(?P<name>\w+)'",
        "layer-as-attribute",
        _(
            "A model has no {name}: its layers are no attributes, and are found by name in another "
            "way. Or should the whole model answer?"
        ),
    ),
    (
        _ANY,
        r"Received: \w+=[\[(]?<[Kk]eras[Tt]ensor",
        "tensor-among-settings",
        _(
            "A tensor stands among the settings that a layer is built with. A layer is built "
            "first, then called with its tensor. Which of the two is missing in this line?"
        ),
    ),
    (
        _ANY,
        r"Invalid input shape for input",
        "input-of-another-shape",
        _(
            "The model waits for arrays of another shape than it gets. From which tensors does it "
            "start, and what shape have they?"
        ),
    ),
    (
        _ANY,
        r"KerasTensor",
        "plain-function-on-symbolic-tensor",
        _(
            "A NumPy or TensorFlow function meets a symbolic tensor, which has no numbers yet. "
            "Which namespace has the operations that models are made of?"
        ),
    ),
    (
        _ANY,
        r"must call `?compile|must be compiled",
        "model-not-compiled",
        _("The model is trained before it knows its loss and optimiser. Which call tells it both?"),
    ),
    (
        _ANY,
        r"received monitor=",
        "curve-unknown",
        _(
            "A callback watches a curve that training does not keep under that name. Which keys "
            "has the dict of a History?"
        ),
    ),
    (
        _ANY,
        r"expects \d+ (named )?input|Missing data for input|match the structure"
        r"|structure of `inputs`",
        "inputs-do-not-match",
        _(
            "The model does not get the arrays that it waits for: another number of inputs, or "
            "another nesting. How many Inputs does it have, and what do you hand over?"
        ),
    ),
    (
        _ANY,
        r"No such layer",
        "layer-name-unknown",
        _("The model has no layer of that name. Which names does the task give the layers?"),
    ),
    (
        _ANY,
        r"same rank|must have the same shape",
        "target-shape-differs",
        _(
            "Predictions and targets have different shapes. Which axis does one of them have too "
            "many?"
        ),
    ),
    (
        _ANY,
        r"indices\[|out of bound|out of range|is not in \[0",
        "index-out-of-range",
        _(
            "A position lies outside of what it indexes: raw ids for row numbers, counting from "
            "1, or a table one row too short. Which positions are there, and which one is asked "
            "for?"
        ),
    ),
    (
        ("IndexError",),
        r"boolean index did not match|only integers|must be of integer|arrays used as",
        "index-of-wrong-type",
        _(
            "What stands in the brackets cannot index an array: floats, a set, a mask of other "
            "length. Print its type and shape: what is it?"
        ),
    ),
    (
        ("IndexError",),
        r"too many indices",
        "one-index-an-axis",
        _(
            "There are more indices than axes: numbers in a tuple are one index for each axis, "
            "not many along the first. Which kind of index picks several rows at once?"
        ),
    ),
    (
        ("IndexError",),
        r"",
        "index-out-of-range",
        _(
            "A position lies outside of what it indexes. How many entries are there, and counted "
            "from?"
        ),
    ),
    (
        ("InvalidArgumentError",),
        r"",
        "index-out-of-range",
        _("An index may lie outside of its table, or shapes differ. Which indices are legal?"),
    ),
    (
        ("NotFittedError",),
        r"",
        "not-fitted",
        _(
            "The estimator was made and never fitted, or a fresh copy came back instead of the "
            "fitted one. Where does it meet the training rows?"
        ),
    ),
    (
        _ANY,
        r"should be a 1d array|bad input shape",
        "one-column-wanted",
        _(
            "An estimator for one question got a table of several, a column each. What turns it "
            "into one that answers a question a column?"
        ),
    ),
    (
        _ANY,
        r"mix of .* targets|[Uu]nknown label type|[Mm]ultioutput target|continuous",
        "decisions-wanted",
        _(
            "Classes 0 and 1 are needed here, and other numbers came: probabilities for "
            "decisions, or two arguments exchanged. What is the type of each argument?"
        ),
    ),
    (
        ("KeyError",),
        r"not found in axis",
        "nothing-to-drop",
        _(
            "A row or column is to be dropped that is not always there. What if no film of the "
            "data has it?"
        ),
    ),
    (
        ("KeyError",),
        r"(?P<key>.{0,40})",
        "key-missing",
        _(
            "There is no key, column or label {key}: misspelt, another table's, or an id that is "
            "not in it. Which ones are there?"
        ),
    ),
    (
        ("FileNotFoundError", "NotADirectoryError", "IsADirectoryError", "PermissionError"),
        r"",
        "path-ignored",
        _(
            "The file that is opened is not the one handed over, or its name was put together "
            "wrongly. Where does your code use its argument?"
        ),
    ),
    (
        ("ZeroDivisionError",),
        r"",
        "division-by-zero",
        _(
            "Something is divided by zero: an empty count, or log2(1). Which value is it at the "
            "first entry?"
        ),
    ),
    (
        ("ValueError",),
        r"truth value",
        "array-as-condition",
        _(
            "A whole array stands where one True or False is needed: in `if`, `and`, or as another "
            "argument than meant. Which single question do you want to ask?"
        ),
    ),
    (
        _ANY,
        r"broadcast|matmul|not aligned|mismatch|[Ii]ncompatible|shape|dimension|inconsistent",
        "shapes-do-not-fit",
        _("The shapes that meet in this line do not fit. Print both: which axes have to agree?"),
    ),
    (
        _ANY,
        r"contains NaN|cannot convert float NaN|non-finite",
        "nan-in-the-way",
        _("A NaN came up on the way: 0/0, an unknown id, a join without partner. Where first?"),
    ),
    (
        _ANY,
        r"n_neighbors|n_samples|larger sample|kth",
        "more-than-there-are",
        _("More is asked for than there is: n has to stop at what is left. How many are there?"),
    ),
    (
        _ANY,
        r"perplexity",
        "perplexity-too-large",
        _("The perplexity is not below the number of points. How many neighbours exist?"),
    ),
    (
        _ANY,
        r"not enough values|too many values",
        "unpacked-wrongly",
        _("The names on the left do not match the parts on the right. How many parts are there?"),
    ),
    (
        ("AttributeError",),
        r"module '(?P<module>[^']+)' has no attribute '(?P<name>\w+)'",
        "name-not-in-module",
        _(
            "{module} has no {name} in the version installed here: it lies in another part of "
            "the package, or is misspelt, renamed or removed. Where is it, and what is it called?"
        ),
    ),
    (
        ("AttributeError",),
        r"'(?P<kind>\w+)' object has no attribute '(?P<name>\w+)'",
        "attribute-missing",
        _(
            "A {kind} has no {name}: the value is of another kind than you think. "
            "What is its type, and what did you expect?"
        ),
    ),
    (
        ("AttributeError",),
        r"",
        "attribute-missing",
        _("The value is of another kind than you think. What is its type?"),
    ),
    (
        ("TypeError",),
        r"unhashable",
        "unhashable-key",
        _("A list, array or set cannot be a key or stand in a set. Which single value is meant?"),
    ),
    (
        ("TypeError",),
        r"for \^|bitwise_xor",
        "power-written-as-xor",
        _("The sign ^ compares bits in Python and is no power. Which operator raises to a power?"),
    ),
    (
        ("TypeError",),
        r"unsupported operand|can't multiply|only .* can be converted|ufunc",
        "operands-of-wrong-kind",
        _(
            "An operator meets kinds of values that do not go together (list, array, set, text). "
            "What is the type of each side?"
        ),
    ),
    (
        ("TypeError",),
        r"not callable|not iterable|not subscriptable|has no len|indices must be",
        "value-misused",
        _(
            "A value is called, indexed or looped over that is of another kind. What is its type "
            "here?"
        ),
    ),
    (
        ("TypeError",),
        r"",
        "types-do-not-fit",
        _(
            "A value has another type, or a call other arguments, than expected. What does the "
            "function called in this line take?"
        ),
    ),
    (
        _ANY,
        r"reading from stdin|EOF when reading|input\(\) cannot be answered",
        "input-asked-for",
        _(
            "The function waits for somebody to type (input, or a debugger), and nobody is there. "
            "Which argument already holds what it needs?"
        ),
    ),
    (
        ("NotImplementedError",),
        r"",
        "stub-called",
        _("The function calls another one that is still a stub."),
    ),
    (
        ("TimeoutError",),
        r"",
        "endless-loop",
        _(
            "A loop may never end, or does far more work than needed. What changes from one round "
            "to the next, so that it comes to an end?"
        ),
    ),
    (
        ("ProgramEnded", "SystemExit"),
        r"",
        "program-ended",
        _(
            "The function ends the whole program (by exit, a crash, or too much memory) "
            "instead of returning. Which line does that, and what should it hand back?"
        ),
    ),
    (
        ("RecursionError",),
        r"",
        "endless-recursion",
        _("The function calls itself without an end. Which case stops it?"),
    ),
    (
        ("ValueError",),
        r"",
        "values-do-not-fit",
        _(
            "The shapes or values that meet in this line do not fit. Print them: which is not what "
            "you expect?"
        ),
    ),
)
