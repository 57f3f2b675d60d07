package org.torchbridge.examples;

import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Loss;

/** A loss of one's own is a module like any other. */
public final class Lesson5CustomLoss {
    private Lesson5CustomLoss() {}

    public static void main(String[] arguments) {
        Tensor x = Torch.randn(5, 10).requiresGrad(true);
        Tensor y = Torch.randn(5, 5, 10);
        Tensor loss = new RegressLoss().forward(x, y);
        loss.backward();
        System.out.println(loss);
        System.out.println(x.grad());
        System.out.println(byBroadcasting(x, y));
    }

    /** How far each row of x (N, F) is from the K targets that it has in y (N, K, F): the sum of squared differences. */
    static final class RegressLoss extends Loss {
        @Override
        public Tensor forward(Tensor x, Tensor y) {
            Tensor stacked = x.unsqueeze(1).repeat(1, y.size(1), 1);
            return y.sub(stacked).pow(2).sum();
        }
    }

    /** The same without copies: a dimension of size 1 is stretched to the size of the other tensor's. */
    static Tensor byBroadcasting(Tensor x, Tensor y) {
        return y.sub(x.unsqueeze(1)).square().sum();
    }
}
