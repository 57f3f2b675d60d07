package org.torchbridge.optim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.optim.lr.LRScheduler;
import org.torchbridge.testing.PythonProgram;

/** Python's calls, with its keywords, are understood. */
class KeywordsTest {
    private static final Pattern KEYWORD = Pattern.compile("(\\w+)=(\\([^)]*\\)|[^,)]+)");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SGD(p, lr=0.1, momentum=0.9, weight_decay=0.1, nesterov=True, maximize=True)",
                "SGD(p, lr=0.1, momentum=0.9, dampening=0.5)",
                "Adam(p)",
                "Adam(p, lr=0.1, betas=(0.8, 0.99), eps=1e-06, weight_decay=0.1, amsgrad=True, maximize=True)",
                "Adam(p, decoupled_weight_decay=True)",
                "AdamW(p, lr=0.1, betas=(0.8, 0.99), eps=1e-06, weight_decay=0.1, amsgrad=True, maximize=True)",
                "NAdam(p, lr=0.1, betas=(0.8, 0.99), eps=1e-06, weight_decay=0.1, momentum_decay=0.1, maximize=True)",
                "NAdam(p, decoupled_weight_decay=True)",
                "RAdam(p, lr=0.1, betas=(0.8, 0.99), eps=1e-06, weight_decay=0.1, decoupled_weight_decay=True)",
                "RAdam(p, maximize=True)",
                "Adamax(p, lr=0.1, betas=(0.8, 0.99), eps=1e-06, weight_decay=0.1, maximize=True)",
                "Adadelta(p, lr=0.1, rho=0.8, eps=1e-05, weight_decay=0.1, maximize=True)",
                "Adagrad(p, lr=0.1, lr_decay=0.1, weight_decay=0.1, initial_accumulator_value=0.1, eps=1e-06)",
                "Adagrad(p, maximize=True)",
                "ASGD(p, lr=0.1, lambd=0.01, alpha=0.5, t0=100.0, weight_decay=0.1, maximize=True)",
                "RMSprop(p, lr=0.1, alpha=0.9, eps=1e-06, weight_decay=0.1, momentum=0.9, centered=True)",
                "RMSprop(p, maximize=True)",
                "Rprop(p, lr=0.1, etas=(0.6, 1.5), step_sizes=(0.01, 0.2), maximize=True)",
                "LBFGS(p, lr=0.5, max_iter=6, max_eval=5, tolerance_grad=0.001, tolerance_change=0.0001)",
                "LBFGS(p, history_size=2, line_search_fn='strong_wolfe')",
                "SparseAdam(p, lr=0.1, betas=(0.8, 0.99), eps=1e-06, maximize=True)",
                "Adafactor(p, lr=0.1, beta2_decay=-0.5, eps=(None, 0.01), d=1.5, weight_decay=0.1, maximize=True)",
                "Muon(p, lr=0.1, weight_decay=0.3, momentum=0.8, nesterov=False, eps=0.5, ns_steps=4)",
                "Muon(p, ns_coefficients=(3.0, -4.0, 2.0), adjust_lr_fn='match_rms_adamw', use_addmm=True)",
            })
    void keywordsAreOptions(String call) {
        Object optimizer =
                new PythonProgram().run("m = nn.Linear(2, 2, bias=False); p = m.parameters(); optim." + call);
        for (MatchResult keyword : KEYWORD.matcher(call).results().toList()) {
            String value = keyword.group(2).replace("'", "");
            assertThat(optimizer.toString()).contains("\n    " + keyword.group(1) + ": " + value + "\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "StepLR(o, step_size=3, gamma=0.5)",
                "StepLR(o, step_size=3, gamma=0.5, last_epoch=-1)",
                "MultiStepLR(o, milestones=[3, 5], gamma=0.5)",
                "ConstantLR(o, factor=0.5, total_iters=4)",
                "LinearLR(o, start_factor=0.5, end_factor=0.9, total_iters=4)",
                "ExponentialLR(o, gamma=0.9)",
                "PolynomialLR(o, total_iters=4, power=2.0)",
                "CosineAnnealingLR(o, T_max=4, eta_min=0.01)",
                "CosineAnnealingWarmRestarts(o, T_0=4, T_mult=2, eta_min=0.01)",
                "CyclicLR(o, base_lr=0.1, max_lr=0.2, step_size_up=3, mode='triangular2', base_momentum=0.7)",
                "OneCycleLR(o, max_lr=0.2, total_steps=20, anneal_strategy='linear', div_factor=10)",
                "ReduceLROnPlateau(o, mode='max', factor=0.5, patience=3, threshold_mode='abs')",
            })
    void keywordsOfSchedulersAreUnderstood(String call) {
        Object scheduler = new PythonProgram()
                .run("m = nn.Linear(2, 2); o = optim.SGD(m.parameters(), lr=0.1); optim.lr_scheduler." + call);
        Map<String, Object> state = ((LRScheduler) scheduler).stateDict();
        for (MatchResult keyword : KEYWORD.matcher(call).results().toList()) {
            Object value = state.get(keyword.group(1));
            if (value instanceof Number number && !keyword.group(1).equals("last_epoch")) {
                assertThat(number.doubleValue()).as(keyword.group()).isEqualTo(Double.parseDouble(keyword.group(2)));
            } else if (value instanceof String) {
                assertThat(value).isEqualTo(keyword.group(2).replace("'", ""));
            }
        }
    }
}
