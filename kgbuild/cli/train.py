"""`kgbuild train`."""

from pathlib import Path

import click
import msgspec

from kgbuild.cli.example import example
from kgbuild.cli.options import verbose_option

__all__ = ["command"]


@click.command(
    "train",
    epilog=example(
        "kgbuild train science --data corpora/ -o models/mine",
    ),
)
@click.argument("recipe")
@click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder that the recipe's paths start from.",
)
@click.option(
    "-o", "--output", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder of the model."
)
@click.option(
    "--start",
    metavar="NAME|FOLDER",
    help="Model to begin from; of its types and relations, those that the recipe has too.",
)
@click.option(
    "--lora",
    type=click.IntRange(min=1),
    is_flag=False,
    flag_value=16,
    metavar="[RANK]",
    help="Train adapters of this rank (16 if none is said) instead of the whole encoder; for few documents.",
)
@click.option(
    "--only-relations",
    is_flag=True,
    help="Leave the encoder and the mentions of --start as they are: minutes instead of hours.",
)
@click.option(
    "--only-spans",
    is_flag=True,
    help="Leave all weights of --start as they are, and learn which of the spans that they find likely are mentions.",
)
@click.option(
    "--search",
    type=click.IntRange(min=1),
    metavar="TRIALS",
    help="Look for better settings in so many trials instead; the best recipe is best.toml in the folder.",
)
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True)
@verbose_option
def command(
    recipe: str,
    data: Path,
    output: Path,
    start: str | None,
    lora: int | None,
    only_relations: bool,
    only_spans: bool,
    search: int | None,
    device: str,
) -> None:
    """Train an extraction model by RECIPE: a bundled recipe's name, or a TOML file.

    In: the annotated corpora that the recipe names. Out: a folder with weights, settings and a model card with scores
    on development documents; kgbuild build --model takes it. A run that was cut off goes on from its last epoch.
    """
    from kgbuild.cli.progress import step_line
    from kgbuild.extract.extractor import model_folder
    from kgbuild.extract.recipe import load_recipe
    from kgbuild.extract.search import search_settings
    from kgbuild.extract.training import train
    from kgbuild.interruption import resumable
    from kgbuild.link.linker import LexicalLinker

    chosen = load_recipe(recipe)
    if lora:
        chosen = msgspec.structs.replace(chosen, train=msgspec.structs.replace(chosen.train, lora=lora))
    if only_relations and only_spans:
        raise click.UsageError("--only-relations and --only-spans leave each other's part; give one of them")
    former = model_folder(start) if start else None
    if search:
        if only_relations or only_spans:
            raise click.UsageError("--search is for what --only-relations and --only-spans leave; give one of them")
        with step_line() as tell:
            found = search_settings(chosen, data, output, n_trials=search, device=device, start=former, progress=tell)
        click.echo(
            f"best score {found.score:.3f}, of the recipe as it is {found.own_score:.3f}; {search} trials, "
            f"{found.n_pruned} of them cut short",
            err=True,
        )
        more = f" --start {start}" if start else ""
        click.echo(f"train by it: kgbuild train {found.best} --data {data} -o {output / 'model'}{more}", err=True)
        return
    with resumable(lambda: any(output.glob("*.pt"))), step_line() as tell:  # a checkpoint
        # the card travels, the paths of this machine do not
        shown = f"kgbuild train {recipe} --data DATA -o {output.name}"
        shown += f" --start {former.name}" if former else ""
        shown += f" --lora {lora}" if lora else ""
        shown += " --only-relations" if only_relations else " --only-spans" if only_spans else ""
        report = train(
            chosen,
            data,
            output,
            device=device,
            start=former,
            only="relations" if only_relations else "spans" if only_spans else "",
            names=LexicalLinker() if chosen.train.spans else None,
            command=shown,
            progress=tell,
        )
    for layer, corpora in (("mentions", report.mentions), ("relations", report.relations)):
        for corpus, scores in corpora.items():
            for name, (precision, recall, f1) in scores.items():
                click.echo(f"{layer} {corpus} {name}: P {precision:.3f} R {recall:.3f} F1 {f1:.3f}", err=True)
    click.echo(f"model in {report.folder}", err=True)
