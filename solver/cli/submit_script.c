/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of a job script.  What it must do, and what schedulers do to it, is told in
 * scripts/packaging/README.md; tests/slurm runs these very scripts. */
#include <string.h>

#include "solver/base/version.h"
#include "solver/cli/command_submit.h"

void pn_submit_quote(FILE *stream, const char *text)
{
    fputc('\'', stream);
    for (; *text; text++)
        *text == '\'' ? (void)fputs("'\\''", stream) : (void)fputc(*text, stream);
    fputc('\'', stream);
}

/* Before the limit so much is left for stopping: schedulers may signal a minute late. */
static long long warning_s(const struct pn_submit *submit)
{
    long long quarter = submit->limit_s / 4;

    return quarter < 15 ? 15 : quarter > 120 ? 120 : quarter;
}

/* --- lines that the scheduler reads --- */

static void write_slurm_head(const struct pn_submit *submit, FILE *stream)
{
    fprintf(stream, "#SBATCH --job-name=%s\n", submit->job);
    if (submit->account)
        fprintf(stream, "#SBATCH --account=%s\n", submit->account);
    if (submit->partition)
        fprintf(stream, "#SBATCH --partition=%s\n", submit->partition);
    if (submit->n_nodes)
        fprintf(stream, "#SBATCH --nodes=%lld\n", (long long)submit->n_nodes);
    fprintf(stream, "#SBATCH --ntasks=%lld\n#SBATCH --cpus-per-task=1\n",
            (long long)submit->n_ranks);
    if (submit->memory_mb)
        fprintf(stream, "#SBATCH --mem-per-cpu=%lldM\n", (long long)submit->memory_mb);
    if (submit->limit_s) /* whole minutes */
        fprintf(stream, "#SBATCH --time=%lld\n#SBATCH --signal=USR1@%lld\n",
                (long long)(submit->limit_s + 59) / 60, warning_s(submit));
    if (submit->n_shards)
        fprintf(stream, "#SBATCH --array=1-%lld\n", (long long)submit->n_shards);
    fputs("#SBATCH --requeue\n#SBATCH --open-mode=append\n", stream);
    fprintf(stream, "#SBATCH --output=%s.out\n", submit->n_shards ? "%x-%A_%a" : "%x-%j");
    for (size_t i = 0; i < submit->n_directives; i++)
        fprintf(stream, "#SBATCH %s\n", submit->directive[i]);
}

static void write_pbs_head(const struct pn_submit *submit, FILE *stream)
{
    long long nodes = submit->n_nodes ? (long long)submit->n_nodes : 1;
    long long each = ((long long)submit->n_ranks + nodes - 1) / nodes;
    long long s = (long long)submit->limit_s;

    fprintf(stream, "#PBS -N %.15s\n", submit->job);
    if (submit->account)
        fprintf(stream, "#PBS -A %s\n", submit->account);
    if (submit->partition)
        fprintf(stream, "#PBS -q %s\n", submit->partition);
    fprintf(stream, "#PBS -l select=%lld:ncpus=%lld:mpiprocs=%lld", nodes, each, each);
    if (submit->memory_mb)
        fprintf(stream, ":mem=%lldmb", (long long)submit->memory_mb * each);
    fputc('\n', stream);
    if (s)
        fprintf(stream, "#PBS -l walltime=%02lld:%02lld:%02lld\n", s / 3600, s / 60 % 60,
                s % 60);
    fputs("#PBS -r y\n#PBS -j oe\n", stream);
    for (size_t i = 0; i < submit->n_directives; i++)
        fprintf(stream, "#PBS %s\n", submit->directive[i]);
}

/* --- lines that the shell reads --- */

static void write_variable(FILE *stream, const char *name, const char *value)
{
    fprintf(stream, "%s=", name);
    pn_submit_quote(stream, value);
    fputc('\n', stream);
}

static void write_option(FILE *stream, const char *option, const char *value)
{
    if (!value || !*value)
        return;
    fprintf(stream, " %s ", option);
    pn_submit_quote(stream, value);
}

static void write_places(const struct pn_submit *submit, FILE *stream)
{
    fputs("\ncd ", stream);
    pn_submit_quote(stream, submit->folder);
    fputs(" || exit 74\n", stream);
    if (submit->module)
        fprintf(stream, "module load %s || exit 70\n", submit->module);
    write_variable(stream, "pneuma", submit->module ? "pneuma" : submit->program);
    write_variable(stream, "study", submit->study_path);
    write_variable(stream, "result", submit->result);
}

static void write_command(const struct pn_submit *submit, FILE *stream)
{
    const char *usual = submit->scheduler == PN_SLURM ? "srun --mpi=pmix" : "mpirun";

    fputs("attempt() {\n    ", stream);
    fputs(submit->launcher ? submit->launcher : usual, stream);
    if (!submit->launcher && submit->scheduler == PN_PBS)
        fprintf(stream, " -n %lld", (long long)submit->n_ranks);
    fputs(" \"$pneuma\" run \"$study\" --out \"$result\"", stream);
    if (submit->n_shards)
        fprintf(stream, " --shard \"$shard/%lld\"", (long long)submit->n_shards);
    write_option(stream, "--patients", submit->patients);
    write_option(stream, "--events", submit->events_path);
    write_option(stream, "--extend", submit->extend_path);
    write_option(stream, "--max-failed", submit->n_shards ? NULL : submit->max_failed);
    if (submit->scheduler == PN_PBS && submit->limit_s) /* which warns of no limit */
        fprintf(stream, " --max-hours %.4f", (double)submit->limit_s / 3600.0);
    fputs("\n}\n", stream);
}

static void write_shard(const struct pn_submit *submit, FILE *stream)
{
    if (!submit->n_shards)
        return;
    if (submit->scheduler == PN_SLURM)
        fputs("shard=$SLURM_ARRAY_TASK_ID\n", stream);
    else
        fputs("shard=${PNEUMA_SHARD:-$PBS_ARRAY_INDEX}\n", stream);
}

/* how an attempt that left work is followed by the next */
static void write_again(const struct pn_submit *submit, FILE *stream)
{
    if (submit->scheduler == PN_SLURM) {
        fputs("        # a queued-again job is ended by the scheduler; if it may not be, "
              "it "
              "is sent anew by hand\n"
              "        scontrol requeue \"$SLURM_JOB_ID\" && sleep 300\n"
              "        exit 85 ;;\n",
              stream);
        return;
    }
    fputs("        qsub", stream);
    if (submit->n_shards)
        fputs(" -v PNEUMA_SHARD=\"$shard\"", stream);
    fputs(" \"$script\"\n        exit 85 ;;\n", stream);
}

static void write_loop(const struct pn_submit *submit, FILE *stream)
{
    fputs("\n# 0: done; 85: stopped with work left.  Other codes that are listed do not "
          "change when tried\n# again.  Else a rank has died: what was done is kept, the "
          "next try goes on behind it.\n"
          "for try in 1 2 3 4 5; do\n"
          "    attempt\n"
          "    code=$?\n"
          "    # a step that never began may tell 0\n",
          stream);
    fprintf(stream, "    [ \"$code\" -ne 0 ] || [ -e \"$result\" ]%s || code=1\n",
            submit->n_shards ? " || [ -e \"$result.run/$mark\" ]" : "");
    fputs("    case \"$code\" in\n"
          "    0 | 2 | 3 | 65 | 70 | 74 | 75) break ;;\n"
          "    85)\n",
          stream);
    write_again(submit, stream);
    fputs("    esac\n"
          "    echo \"try $try ended with code $code\"\n"
          "    sleep 5 # a job that is being ended ends here\n"
          "done\n",
          stream);
}

static void write_merge(const struct pn_submit *submit, FILE *stream)
{
    if (!submit->n_shards)
        return;
    fputs("\n# the shard that ends last finds all the others done and assembles the "
          "result; "
          "85: it was not this one\n"
          "if [ \"$code\" -eq 0 ]; then\n"
          "    \"$pneuma\" merge \"$result\"",
          stream);
    write_option(stream, "--max-failed", submit->max_failed);
    fputs("\n    code=$?\n"
          "    [ \"$code\" -ne 85 ] || code=0\n"
          "fi\n",
          stream);
}

static void write_remark(const struct pn_submit *submit, FILE *stream)
{
    int slurm = submit->scheduler == PN_SLURM;

    fprintf(stream, "# Written by pneuma submit %s%s.  Send it by:\n#   %s", pn_version(),
            slurm ? "" : ", to the manual of PBS: not tried yet",
            slurm ? "sbatch " : "qsub ");
    if (!slurm && submit->n_shards)
        fprintf(stream, "-J 1-%lld ", (long long)submit->n_shards);
    pn_submit_quote(stream, submit->script);
    fputs("\n# Sent again, after whatever happened to it, it goes on where the work "
          "stopped.\n",
          stream);
}

void pn_submit_write(const struct pn_submit *submit, FILE *stream)
{
    int slurm = submit->scheduler == PN_SLURM;

    fputs("#!/bin/bash\n", stream);
    slurm ? write_slurm_head(submit, stream) : write_pbs_head(submit, stream);
    write_remark(submit, stream);
    write_places(submit, stream);
    if (!slurm)
        write_variable(stream, "script", submit->script);
    write_shard(submit, stream);
    if (submit->n_shards)
        fprintf(stream, "mark=shard-$shard-of-%lld.done\n", (long long)submit->n_shards);
    write_command(submit, stream);
    fprintf(stream, "\necho \"$(date -u +%%FT%%TZ) job %s%s\"\n",
            slurm ? "$SLURM_JOB_ID, attempt $((${SLURM_RESTART_COUNT:-0} + 1)) on "
                    "$SLURM_JOB_NODELIST"
                  : "$PBS_JOBID",
            submit->n_shards ? ", shard $shard" : "");
    write_loop(submit, stream);
    write_merge(submit, stream);
    fputs("exit \"$code\"\n", stream);
}
