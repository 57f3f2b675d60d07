package org.torchbridge.nn.ported;

import java.util.ArrayList;
import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.BCELoss;
import org.torchbridge.nn.BatchNorm2d;
import org.torchbridge.nn.Conv2d;
import org.torchbridge.nn.ConvNd;
import org.torchbridge.nn.ConvTranspose2d;
import org.torchbridge.nn.Functional;
import org.torchbridge.nn.Init;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.LeakyReLU;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Reduction;
import org.torchbridge.nn.Sequential;
import org.torchbridge.nn.Sigmoid;
import org.torchbridge.nn.Tanh;
import org.torchbridge.optim.Adam;

/** The generative networks of tests/python/make_ported_models.py. */
public final class GenerativeNetworks {
    private GenerativeNetworks() {}

    public static final class Generator extends Layer {
        Sequential main;

        public Generator(long nz, long ngf) {
            ConvTranspose2d.Options noBias = ConvTranspose2d.options().bias(false);
            main = new Sequential(
                    new ConvTranspose2d(nz, ngf * 2, 4, noBias),
                    new BatchNorm2d(ngf * 2),
                    new ReLU(true),
                    new ConvTranspose2d(ngf * 2, ngf, 4, noBias.stride(2).padding(1)),
                    new BatchNorm2d(ngf),
                    new ReLU(true),
                    new ConvTranspose2d(ngf, 1, 4, noBias.stride(2).padding(1)),
                    new Tanh());
        }

        @Override
        public Tensor forward(Tensor z) {
            return main.call(z);
        }
    }

    public static final class Discriminator extends Layer {
        Sequential main;

        public Discriminator(long ndf) {
            Conv2d.Options noBias = Conv2d.options().bias(false);
            main = new Sequential(
                    new Conv2d(1, ndf, 4, noBias.stride(2).padding(1)),
                    new LeakyReLU(0.2, true),
                    new Conv2d(ndf, ndf * 2, 4, noBias.stride(2).padding(1)),
                    new BatchNorm2d(ndf * 2),
                    new LeakyReLU(0.2, true),
                    new Conv2d(ndf * 2, 1, 4, noBias),
                    new Sigmoid());
        }

        @Override
        public Tensor forward(Tensor x) {
            return main.call(x).view(-1);
        }
    }

    public static void weightsInit(Module m) {
        if (m instanceof ConvNd conv) {
            Init.normal_(conv.weight.tensor(), 0, 0.02);
        } else if (m instanceof BatchNorm2d norm) {
            Init.normal_(norm.weight.tensor(), 1, 0.02);
            Init.constant_(norm.bias.tensor(), 0);
        }
    }

    /** Trains both in turns. */
    public static List<Tensor> gan(Generator g, Discriminator d, int steps) {
        BCELoss criterion = new BCELoss();
        Adam optimizerD = new Adam(d.parameters(), Adam.options().lr(0.002).betas(0.5, 0.999));
        Adam optimizerG = new Adam(g.parameters(), Adam.options().lr(0.002).betas(0.5, 0.999));
        List<Tensor> losses = new ArrayList<>();
        for (int step = 0; step < steps; step++) {
            d.zeroGrad();
            Tensor real = Torch.rand(4, 1, 16, 16).mul(2).sub(1);
            Tensor label = Torch.ones(4);
            Tensor errorReal = criterion.call(d.call(real), label);
            errorReal.backward();
            Tensor fake = g.call(Torch.randn(4, 6, 1, 1));
            Tensor errorFake = criterion.call(d.call(fake.detach()), label.fill_(0));
            errorFake.backward();
            optimizerD.step();
            g.zeroGrad();
            Tensor errorG = criterion.call(d.call(fake), label.fill_(1));
            errorG.backward();
            optimizerG.step();
            losses.add(errorReal.add(errorFake));
            losses.add(errorG);
        }
        return losses;
    }

    public static final class Vae extends Module {
        Linear fc1;
        Linear fc21;
        Linear fc22;
        Linear fc3;
        Linear fc4;

        /** What is drawn, the parameters of its distribution, and what is made of it. */
        public record Output(Tensor reconstruction, Tensor mu, Tensor logvar) {}

        record Latent(Tensor mu, Tensor logvar) {}

        public Vae(long inputs, long hidden, long latent) {
            fc1 = new Linear(inputs, hidden);
            fc21 = new Linear(hidden, latent);
            fc22 = new Linear(hidden, latent);
            fc3 = new Linear(latent, hidden);
            fc4 = new Linear(hidden, inputs);
        }

        Latent encode(Tensor x) {
            Tensor h1 = Functional.relu(fc1.call(x));
            return new Latent(fc21.call(h1), fc22.call(h1));
        }

        Tensor reparameterize(Tensor mu, Tensor logvar) {
            Tensor std = logvar.mul(0.5).exp();
            Tensor eps = Torch.randnLike(std);
            return mu.add(eps.mul(std));
        }

        Tensor decode(Tensor z) {
            return fc4.call(Functional.relu(fc3.call(z))).sigmoid();
        }

        public Output forward(Tensor x) {
            Latent latent = encode(x.view(-1, 36));
            Tensor z = reparameterize(latent.mu, latent.logvar);
            return new Output(decode(z), latent.mu, latent.logvar);
        }

        public Output call(Tensor x) {
            return hooked(inputs -> forward((Tensor) inputs.get(0)), x);
        }
    }

    public static Tensor vaeLoss(Vae.Output output, Tensor x) {
        Tensor bce = Functional.binaryCrossEntropy(output.reconstruction, x.view(-1, 36), null, Reduction.SUM);
        Tensor mu = output.mu;
        Tensor logvar = output.logvar;
        Tensor kld = logvar.add(1).sub(mu.pow(2)).sub(logvar.exp()).sum().mul(-0.5);
        return bce.add(kld);
    }
}
