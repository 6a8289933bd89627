"""One encoder, two heads: word tags for every entity type and relations between pairs of arguments.

Mentions: for each type its own begin / inside / outside decision from a word, hashed features of its spelling and its
two neighbours, so that a corpus that does not annotate a type can be masked and types may overlap. Relations: arguments
are pooled over their mentions by log-sum-exp (ATLOP, Zhou et al. 2021, https://arxiv.org/abs/2010.11304) and joined
with their closest mentions, the words between these and the words of the window that the pair attends to; each relation
is its own yes / no decision, and so is whether the text tells it as new (BioRED, Luo et al. 2022,
https://arxiv.org/abs/2204.04263).
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import msgspec
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from kgbuild.encoder import Encoder
from kgbuild.errors import ModelError
from kgbuild.extract.labels import LabelSet
from kgbuild.extract.windows import FEATURE_ROWS, N_FEATURES, SHAPES

__all__ = ["RELATION_PARTS", "ExtractionModel", "ModelConfig", "PairBatch", "WordBatch", "read_config"]

#: Upper ends, in words, of the distance buckets between closest mentions.
DISTANCES = (1, 2, 4, 8, 16, 32, 64, 128)
SHAPE_WIDTH = 16
FEATURE_WIDTH = 32
#: Share of a word's hashed features that training hides, so that the head does not learn its training names by heart.
FEATURE_DROPOUT = 0.3
TYPE_WIDTH = 24
HIDDEN_WIDTH = 256
#: Heads of the attention from a pair to the words of its window, and the width of a head's queries and keys.
CONTEXT_HEADS = 4
CONTEXT_WIDTH = 64
#: Raised when the same weights or labels would mean something else: 7, thresholds of relations are probabilities.
FORMAT = 7
#: Beginnings of the names of the parameters that only relations use.
RELATION_PARTS = ("type_embedding.", "distance_embedding.", "relation_head.", "context_", "novelty_head.")
#: The layer of the mention head with a group of rows for each type.
LAST_MENTION_LAYER = "mention_head.2."
#: Fewest rows per thread of a matrix product. Below some six rows libraries use other kernels, which round differently,
#: and the result for one window would depend on how many others stand in its batch.
MIN_ROWS = 16


class ModelConfig(msgspec.Struct, frozen=True):
    """What stands beside the weights in config.json."""

    encoder: str
    labels: LabelSet
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class WordBatch:
    """A batch of padded windows, and its words laid end to end.

    piece_ids, attention_mask: (batch, length); first_piece, last_piece: (words,) places in the flattened piece_ids;
    shape: (words,); features: (words, N_FEATURES); first_word, last_word: (batch,) of each window; offsets: first word
    of each window, and the total.
    """

    piece_ids: Tensor
    attention_mask: Tensor
    first_piece: Tensor
    last_piece: Tensor
    shape: Tensor
    features: Tensor
    first_word: Tensor
    last_word: Tensor
    offsets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PairBatch:
    """Arguments and pairs of a batch of windows.

    offsets: first word of each window in the batch's words laid end to end, and the total. Places count through running
    sums of the words, which restart at 0 for each window: word w of window n stands at offsets[n] + w + n.
    mention_start, mention_end: (mentions,) words [start, end); mention_argument: (mentions,); argument_type:
    (arguments,); subject, object: (pairs,) arguments; subject_start to object_end: (pairs,) words [start, end) of the
    two mentions that are closest; allowed: (pairs, relations) bool; n_pairs: pairs of each window, which lie together.
    """

    offsets: tuple[int, ...]
    mention_start: Tensor
    mention_end: Tensor
    mention_argument: Tensor
    argument_type: Tensor
    subject: Tensor
    object: Tensor
    subject_start: Tensor
    subject_end: Tensor
    object_start: Tensor
    object_end: Tensor
    allowed: Tensor
    n_pairs: tuple[int, ...]


class ExtractionModel(nn.Module):
    """Encoder with a mention head and a relation head."""

    def __init__(self, encoder: Encoder, labels: LabelSet, *, dropout: float = 0.1) -> None:
        super().__init__()
        self.labels = labels
        self.encoder = encoder
        width = encoder.width + SHAPE_WIDTH
        self.shape_embedding = nn.Embedding(len(SHAPES), SHAPE_WIDTH)
        self.dropout = nn.Dropout(dropout)
        self.feature_embedding = nn.Embedding(N_FEATURES * FEATURE_ROWS, FEATURE_WIDTH)
        nn.init.zeros_(self.feature_embedding.weight)  # a spelling that training never met says nothing
        # of a word as the left neighbour, as itself and as the right neighbour
        self.neighbour_layer = nn.Linear(width + N_FEATURES * FEATURE_WIDTH, 3 * HIDDEN_WIDTH)
        self.mention_head = nn.Sequential(
            nn.GELU(), nn.Dropout(dropout), nn.Linear(HIDDEN_WIDTH, 3 * len(labels.entities))
        )
        self.type_embedding = nn.Embedding(len(labels.entities), TYPE_WIDTH)
        self.distance_embedding = nn.Embedding(len(DISTANCES) + 1, TYPE_WIDTH)
        self.distances: Tensor
        self.register_buffer("distances", torch.tensor(DISTANCES), persistent=False)
        self.relation_head = nn.Sequential(
            nn.Linear(6 * width + 3 * TYPE_WIDTH, HIDDEN_WIDTH),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(HIDDEN_WIDTH, max(len(labels.relations), 1)),
        )
        self.novelty_head = nn.Linear(HIDDEN_WIDTH, 1)
        self.context_query = nn.Linear(2 * width + 2 * TYPE_WIDTH, CONTEXT_HEADS * CONTEXT_WIDTH)
        self.context_key = nn.Linear(width, CONTEXT_HEADS * CONTEXT_WIDTH)
        self.context_layer = nn.Linear(CONTEXT_HEADS * width, HIDDEN_WIDTH)
        nn.init.zeros_(self.context_layer.weight)  # begins as a model that does without
        nn.init.zeros_(self.context_layer.bias)

    def words(self, batch: WordBatch) -> Tensor:
        """Vectors of the words of a batch laid end to end: the mean of their pieces, (words, width + shape width)."""
        states = self.encoder(batch.piece_ids, batch.attention_mask)  # (batch, length, width)
        # sums within a row only: a word's vector must not depend on the other rows
        running = states.float().cumsum(1).reshape(-1, states.shape[-1])  # (batch x length, width)
        total = running[batch.last_piece] - running[batch.first_piece - 1]  # a special piece stands before the first
        mean = total / (batch.last_piece - batch.first_piece + 1).unsqueeze(-1)  # (words, width)
        joined = torch.cat([mean.to(states.dtype), self.shape_embedding(batch.shape).to(states.dtype)], dim=-1)
        dropped: Tensor = self.dropout(joined)
        return dropped

    def tags(self, words: Tensor, batch: WordBatch) -> Tensor:
        """Logits of outside, begin, inside per word and type, (words, types, 3), from the words' vectors."""
        seen = nn.functional.dropout(torch.ones_like(batch.features, dtype=words.dtype), FEATURE_DROPOUT, self.training)
        features = self.feature_embedding(batch.features).to(words.dtype) * seen.unsqueeze(-1)
        joined = torch.cat([words, features.flatten(1)], dim=-1)  # (words, width + features)
        neighbours = self.neighbour_layer(_with_rows(joined))[: len(words)]  # (words, 3 HIDDEN_WIDTH)
        left, hidden, right = neighbours.chunk(3, dim=-1)
        hidden = hidden + _shifted(left, batch.first_word, 1) + _shifted(right, batch.last_word, -1)
        logits: Tensor = self.mention_head(_with_rows(hidden))
        return logits[: len(words)].reshape(len(words), len(self.labels.entities), 3).float()

    def relations(self, words: Tensor, pairs: PairBatch) -> tuple[Tensor, Tensor]:
        """Logits per pair and relation, (pairs, relations), and per pair that it is told as new, (pairs,)."""
        running = _running_sums(words, pairs.offsets)  # (words + windows, width)
        vectors = _mean(running, pairs.mention_start, pairs.mention_end)  # (mentions, width)
        pooled = _log_sum_exp(vectors, pairs.mention_argument, len(pairs.argument_type))  # (arguments, width)
        subject, other = pooled[pairs.subject], pooled[pairs.object]
        closest_subject = _mean(running, pairs.subject_start, pairs.subject_end)  # (pairs, width)
        closest_object = _mean(running, pairs.object_start, pairs.object_end)
        start = torch.minimum(pairs.subject_start, pairs.object_start)
        end = torch.maximum(pairs.subject_end, pairs.object_end)
        between = _mean(running, start, end)  # (pairs, width), with the two mentions
        distance = self.distance_embedding(torch.bucketize(end - start, self.distances))
        types = self.type_embedding(pairs.argument_type)
        parts = [subject, other, subject * other, closest_subject, closest_object, between]
        parts += [types[pairs.subject], types[pairs.object], distance]
        joined = torch.cat(parts, dim=-1).to(words.dtype)  # (pairs, 6 width + 3 type width)
        asked = torch.cat([closest_subject, closest_object, types[pairs.subject], types[pairs.object]], dim=-1)
        context = self._context(words, asked.to(words.dtype), pairs)
        hidden = self.relation_head[0](_with_rows(joined)) + self.context_layer(_with_rows(context))
        features = self.relation_head[1:-1](hidden)  # (pairs, HIDDEN_WIDTH)
        # in one product: one with a single column goes through a routine that rounds by the number of rows
        heads = self.relation_head[-1], self.novelty_head
        weight, bias = (torch.cat([getattr(head, name) for head in heads]) for name in ("weight", "bias"))
        logits = nn.functional.linear(features, weight, bias)[: len(joined)].float()
        return logits[:, :-1], logits[:, -1]

    def _context(self, words: Tensor, asked: Tensor, pairs: PairBatch) -> Tensor:
        """Means of the words of each pair's window, weighted by attention, (pairs, heads x width)."""
        queries = self.context_query(_with_rows(asked))[: len(asked)]
        keys = self.context_key(_with_rows(words))[: len(words)]
        first, found = 0, []
        for n, (start, end) in zip(pairs.n_pairs, pairwise(pairs.offsets), strict=True):
            query = queries[first : first + n].unflatten(-1, (CONTEXT_HEADS, CONTEXT_WIDTH)).transpose(0, 1)
            key = keys[start:end].unflatten(-1, (CONTEXT_HEADS, CONTEXT_WIDTH)).permute(1, 2, 0)
            weights = (query @ key / CONTEXT_WIDTH**0.5).softmax(-1)  # (heads, pairs, words)
            found.append((weights.to(words.dtype) @ words[start:end]).transpose(0, 1).flatten(1))
            first += n
        return torch.cat(found)

    def save(self, folder: Path) -> None:
        """Write config.json and model.safetensors (float16; frozen parameters of the encoder are not repeated)."""
        folder.mkdir(parents=True, exist_ok=True)
        kept = {name for name, parameter in self.named_parameters() if parameter.requires_grad}
        tensors = {name: t.detach().cpu().half().contiguous() for name, t in self.state_dict().items() if name in kept}
        save_file(tensors, folder / "model.safetensors")
        self.save_config(folder)

    def save_config(self, folder: Path) -> None:
        """Write config.json: the encoder's name, the labels with their thresholds and calibration."""
        config = ModelConfig(encoder=self.encoder.name, labels=self.labels)
        text = msgspec.json.format(msgspec.json.encode(config), indent=1)
        (folder / "config.json").write_bytes(text + b"\n")

    @classmethod
    def load(cls, folder: Path) -> "ExtractionModel":
        """The model that `save` wrote; ModelError says what is missing."""
        config, tensors = read_config(folder), _read_weights(folder)
        model = cls(Encoder.load(config.encoder), config.labels)
        expected = model.state_dict()
        for name, tensor in tensors.items():
            if name not in expected or expected[name].shape != tensor.shape:
                raise ModelError(f"{folder}: the tensor {name} does not fit the encoder {config.encoder!r}")
        missing = [name for name in expected if name not in tensors and "word_embeddings" not in name]
        if missing:
            raise ModelError(
                f"{folder}: weights are missing, {missing[0]} among {len(missing)}; the file is incomplete"
            )
        model.load_state_dict({name: tensor.float() for name, tensor in tensors.items()}, strict=False)
        return model.eval()

    def begin_from(self, folder: Path) -> LabelSet:
        """Take over the weights of another model as far as they mean the same, to train on from there.

        Encoder and word features always; of the mention head the types that both know; the relation head, with the
        attention to the words around a pair, if its shape and relations are the same. Returns the labels of the other
        model. ModelError if the encoders differ.
        """
        config, tensors = _read_config(folder), _read_weights(folder)
        if config.encoder != self.encoder.name:
            raise ModelError(f"{folder}: expected the encoder {self.encoder.name!r}, found {config.encoder!r}")
        own = self.state_dict()
        same_relations = [r.name for r in config.labels.relations] == [r.name for r in self.labels.relations]
        for name, tensor in tensors.items():
            if name.startswith((LAST_MENTION_LAYER, "type_embedding.")):
                known = [kind for kind in self.labels.entities if kind in config.labels.entities]
                rows = len(own[name]) // len(self.labels.entities)
                for kind in known:
                    here, there = self.labels.entities.index(kind) * rows, config.labels.entities.index(kind) * rows
                    own[name][here : here + rows] = tensor[there : there + rows].float()
            elif own[name].shape == tensor.shape and (
                same_relations or not name.startswith(("relation_head.", "context_", "novelty_head."))
            ):
                own[name].copy_(tensor.float())
        return config.labels


def read_config(folder: Path) -> ModelConfig:
    """What stands beside a model's weights; ModelError if they are of another format."""
    config = _read_config(folder)
    if config.format != FORMAT:
        raise ModelError(
            f"{folder}: expected a model of format {FORMAT}, found {config.format}; train it again, or use the "
            "kgbuild that made it"
        )
    return config


def _read_config(folder: Path) -> ModelConfig:
    try:
        return msgspec.json.decode((folder / "config.json").read_bytes(), type=ModelConfig)
    except (OSError, msgspec.MsgspecError) as error:
        raise _no_model(folder, error) from error


def _read_weights(folder: Path) -> dict[str, Tensor]:
    try:
        return load_file(folder / "model.safetensors")
    except (OSError, SafetensorError) as error:  # the latter of a file that is cut off
        raise _no_model(folder, error) from error


def _no_model(folder: Path, error: Exception) -> ModelError:
    return ModelError(f"{folder} is not a kgbuild model (config.json and model.safetensors): {error}")


def _with_rows(matrix: Tensor) -> Tensor:
    # at least MIN_ROWS rows per thread, the new ones zero
    return nn.functional.pad(matrix, (0, 0, 0, max(MIN_ROWS * torch.get_num_threads() - len(matrix), 0)))


def _shifted(matrix: Tensor, without: Tensor, step: int) -> Tensor:
    # rows moved down (1) or up (-1) by one; zeros where the neighbour would be of another window
    return matrix.roll(step, 0).index_fill(0, without, 0.0)


def _running_sums(words: Tensor, offsets: tuple[int, ...]) -> Tensor:
    # by window, so that a window's sums do not depend on those before it; float32, as bfloat16 sums lose the small ones
    parts = [words[start:end].float().cumsum(0) for start, end in pairwise(offsets)]
    return torch.cat([nn.functional.pad(part, (0, 0, 1, 0)) for part in parts])


def _mean(running: Tensor, start: Tensor, end: Tensor) -> Tensor:
    # means of [start, end) from running sums, (n, width)
    return (running[end] - running[start]) / (end - start).clamp(min=1).unsqueeze(-1)


def _log_sum_exp(vectors: Tensor, group: Tensor, n_groups: int) -> Tensor:
    # per group and dimension log(sum(exp(x))), stable by the group's maximum, (groups, width)
    index = group.unsqueeze(-1).expand_as(vectors)
    highest = vectors.new_full((n_groups, vectors.shape[-1]), float("-inf"))
    highest = highest.scatter_reduce(0, index, vectors.detach(), "amax")
    total = torch.zeros_like(highest).scatter_add(0, index, (vectors - highest[group]).exp())
    return highest + total.log()
