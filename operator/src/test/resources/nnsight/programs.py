"""What nnsight computes for the programs of NnsightProgramsTest, as raw little-endian float32 with a shape beside.

    pip install nnsight==0.8.1 torch transformers
    python programs.py FOLDER_OF_TICKETLM_WEIGHTS OUT
"""
import sys

import numpy as np
import torch
from nnsight import TransformersModel

torch.set_num_threads(1)
torch.set_grad_enabled(False)
OUT = sys.argv[2] + "/"
lm = TransformersModel(sys.argv[1], task="text-generation", attn_implementation="eager", dispatch=True)
A = "Ticket from Anna: Hello, my blue kettle"
B = "Ticket from Hugo: I am furious!"
L = lm.model.layers
ids = torch.tensor([lm.tokenizer(A)["input_ids"]])
cor = ids.clone()
cor[0, 3] = lm.tokenizer(B)["input_ids"][3]
cor[0, 5] = 55
v = torch.linspace(-1, 1, 128)


def new(n):
    return dict(max_new_tokens=n, min_new_tokens=n, do_sample=False)


def out(name, t):
    a = np.ascontiguousarray(t.detach().float().numpy() if torch.is_tensor(t) else np.asarray(t, dtype=np.float32)).astype("<f4")
    a.tofile(OUT + name + ".f32")
    with open(OUT + name + ".shape", "w") as file:
        file.write(" ".join(map(str, a.shape)) + "\n")


def head_patching():
    with lm.trace() as tr:
        b = tr.barrier(2)
        with tr.invoke(ids):
            h = L[2].self_attn.o_proj.input[:, :, 32:64]
            b()
        with tr.invoke(cor):
            b()
            L[2].self_attn.o_proj.input[:, :, 32:64] = h
            lo = lm.lm_head.output[:, -1].save()
    out("head", lo)


def logit_lens():
    with lm.trace(ids):
        o = []
        for i in range(6):
            o.append(lm.lm_head(lm.model.norm(L[i].output)).argmax(-1))
        o = torch.stack(o).save()
    out("lens", o)


def patching_sweep():
    with lm.trace(ids):
        clean = list().save()
        for l in L:
            clean.append(l.output)
        lo = lm.lm_head.output[:, -1].save()
    a, b = lo[0].topk(2).indices.tolist()
    res = []
    for i in range(6):
        for p in range(ids.shape[1]):
            with lm.trace(cor):
                L[i].output[:, p, :] = clean[i][:, p, :]
                lo = lm.lm_head.output[:, -1].save()
            res.append((lo[0, a] - lo[0, b]).item())
    out("sweep", np.array(res).reshape(6, -1))
    out("sweep-ids", [a, b])


def steering_at_some_steps():
    with lm.generate(**new(6)) as tr:
        with tr.invoke(A):
            hs = list().save()
            for s in tr.iter[1:4]:
                L[3].output[:] = L[3].output + v * 2
                hs.append(lm.lm_head.output[:, -1])
        with tr.invoke():
            r = tr.result.save()
    out("steer", torch.cat(hs))
    out("steer-ids", r)


def embedding_at_a_barrier():
    with lm.trace() as tr:
        b = tr.barrier(2)
        with tr.invoke(A):
            e = lm.model.embed_tokens.output[:, -1]
            b()
        with tr.invoke(B):
            b()
            lm.model.embed_tokens.output[:, -1] = e
            lo = lm.lm_head.output[:, -1].save()
    out("barrier", lo)


def cache_of_every_step():
    with lm.generate(A, **new(4)) as tr:
        c = tr.cache(modules=[L[1], "model.model.layers.4.mlp"], include_inputs=True).save()
    out("stepcache", torch.cat(c["model.model.layers.4.mlp"].output, 1))
    out("stepcache-in", torch.cat(c.model.model.layers[1].input, 1))


def two_stored_edits():
    with lm.edit() as (t, e):
        e.model.layers[1].mlp.output[:] = 0
    with e.edit() as (t, e2):
        e2.model.layers[4].output = e2.model.layers[4].output * 1.5
    with e2.trace(A):
        lo = e2.lm_head.output[:, -1].save()
    out("edits", lo)


def session_of_two_traces():
    with lm.session():
        with lm.trace(A):
            m = L[2].output[:, -1].mean(0)
        with lm.trace(B):
            L[2].output[:, -1] = m
            lo = lm.lm_head.output[:, -1].save()
    out("session", lo)


def two_blocks_skipped():
    with lm.trace(A):
        L[2].skip(L[2].input)
        L[3].skip(L[3].input * 0.5)
        lo = lm.lm_head.output[:, -1].save()
    out("skip", lo)


def early_stop():
    with lm.trace(A) as tr:
        c = tr.cache().save()
        L[2].mlp.output.save()
        tr.stop()
    out("stop", c["model.model.layers.2.mlp"].output)


def open_range():
    with lm.generate(A, **new(5)) as tr:
        xs = list().save()
        for s in tr.iter[2:]:
            xs.append(L[0].output)
    out("open", torch.cat(xs, 1))


def slices_written_in_place():
    with lm.trace(A):
        L[1].output[:, 2:5, 7] = 3.0
        L[1].output[:, -1, 10:20] = L[1].output[:, 0, 10:20]
        L[2].mlp.down_proj.input[:, :, ::2] = 0
        lo = lm.lm_head.output[:, -1].save()
    out("slices", lo)


def mean_ablation():
    with lm.trace(A):
        m = L[3].mlp.output.mean(1, keepdim=True)
        L[3].mlp.output[:] = m
        lo = lm.lm_head.output[:, -1].save()
    out("mean", lo)


def attention_probabilities():
    with lm.trace(A):
        at = L[2].self_attn.output[1].save()
    out("attn", at)


def inputs_and_outputs():
    with lm.trace(A):
        q = L[2].self_attn.q_proj.output.save()
        kin = L[2].self_attn.k_proj.input.save()
        args = L[2].mlp.inputs.save()
        g = L[2].mlp.act_fn.output.save()
        r = lm.output.save()
    out("io-kin", kin)
    out("io-q", q)
    out("io-mlp", args[0][0])
    out("io-act", g)
    out("io-logits", r.logits[:, -1])


def streamed_tokens():
    with lm.generate(A, **new(5)) as tr:
        xs = list().save()
        for s in tr.iter[0:5]:
            xs.append(lm.generator.streamer.output)
    out("stream", torch.cat([x.flatten() for x in xs]))


def direction_projected_out_everywhere():
    d = v / v.norm()
    with lm.generate(**new(6)) as tr:
        with tr.invoke(A):
            hs = list().save()
            for s in tr.all():
                for l in L:
                    h = l.output
                    l.output[:] = h - (h @ d)[..., None] * d
                hs.append(lm.lm_head.output[:, -1])
    out("project", torch.cat(hs))


def three_blocks_beside_each_other():
    with lm.trace() as tr:
        with tr.invoke(ids):
            if L[0].output.norm() > 1:
                L[4].self_attn.o_proj.output[:, 1:] = 0
            a = lm.lm_head.output[:, -1].save()
        with tr.invoke(cor):
            L[4].self_attn.o_proj.input = L[4].self_attn.o_proj.input * 0.25
            b = lm.lm_head.output[:, -1].save()
        with tr.invoke():
            al = L[5].output[:, -1].save()
    out("multi-a", a)
    out("multi-b", b)
    out("multi-all", al)


def all_rows_changed_at_some_steps():
    with lm.generate(**new(4)) as tr:
        with tr.invoke(ids):
            pass
        with tr.invoke(cor):
            pass
        with tr.invoke():
            for s in tr.iter[1:3]:
                L[2].output[:] = L[2].output * 1.5
        with tr.invoke():
            r = tr.result.save()
    out("allrows", r)


def mlp_called_on_another_value():
    with lm.trace(A):
        y = L[3].mlp(L[1].output).save()
        z = lm.model.norm(y).save()
    out("adhoc", y)
    out("adhoc-norm", z)


def renamed_modules():
    names = TransformersModel(sys.argv[1], task="text-generation", attn_implementation="eager", dispatch=True, rename={"model.layers": "blocks", "mlp": "ffn"})
    with names.trace(A):
        names.blocks[1].ffn.output[:, 0] = 1
        lo = names.lm_head.output[:, -1].save()
    out("rename", lo)


for program in (
    head_patching,
    logit_lens,
    patching_sweep,
    steering_at_some_steps,
    embedding_at_a_barrier,
    cache_of_every_step,
    two_stored_edits,
    session_of_two_traces,
    two_blocks_skipped,
    early_stop,
    open_range,
    slices_written_in_place,
    mean_ablation,
    attention_probabilities,
    inputs_and_outputs,
    streamed_tokens,
    direction_projected_out_everywhere,
    three_blocks_beside_each_other,
    all_rows_changed_at_some_steps,
    mlp_called_on_another_value,
    renamed_modules,
):
    try:
        program()
    except Exception as e:
        sys.exit(f"{program.__name__}: {e}")
