using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor abs() => Op.Call("abs", this);
        public Tensor abs_() => InPlace("abs_");
        public Tensor acos() => Op.Call("acos", this);
        public Tensor acos_() => InPlace("acos_");
        public Tensor acosh() => Op.Call("acosh", this);
        public Tensor acosh_() => InPlace("acosh_");
        public Tensor angle() => Op.Call("angle", this);
        public Tensor asin() => Op.Call("asin", this);
        public Tensor asin_() => InPlace("asin_");
        public Tensor asinh() => Op.Call("asinh", this);
        public Tensor asinh_() => InPlace("asinh_");
        public Tensor atan() => Op.Call("atan", this);
        public Tensor atan_() => InPlace("atan_");
        public Tensor atanh() => Op.Call("atanh", this);
        public Tensor atanh_() => InPlace("atanh_");
        public Tensor bitwise_not() => Op.Call("bitwise_not", this);
        public Tensor bitwise_not_() => InPlace("bitwise_not_");
        public Tensor ceil() => Op.Call("ceil", this);
        public Tensor ceil_() => InPlace("ceil_");
        public Tensor cos() => Op.Call("cos", this);
        public Tensor cos_() => InPlace("cos_");
        public Tensor cosh() => Op.Call("cosh", this);
        public Tensor cosh_() => InPlace("cosh_");
        public Tensor digamma() => Op.Call("digamma", this);
        public Tensor digamma_() => InPlace("digamma_");
        public Tensor erf() => Op.Call("erf", this);
        public Tensor erf_() => InPlace("erf_");
        public Tensor erfc() => Op.Call("erfc", this);
        public Tensor erfc_() => InPlace("erfc_");
        public Tensor erfinv() => Op.Call("erfinv", this);
        public Tensor erfinv_() => InPlace("erfinv_");
        public Tensor exp() => Op.Call("exp", this);
        public Tensor exp_() => InPlace("exp_");
        public Tensor exp2() => Op.Call("exp2", this);
        public Tensor expm1() => Op.Call("expm1", this);
        public Tensor expm1_() => InPlace("expm1_");
        public Tensor floor() => Op.Call("floor", this);
        public Tensor floor_() => InPlace("floor_");
        public Tensor frac() => Op.Call("frac", this);
        public Tensor frac_() => InPlace("frac_");
        public Tensor hardsigmoid() => Op.Call("hardsigmoid", this);
        public Tensor hardsigmoid_() => InPlace("hardsigmoid_");
        public Tensor hardswish() => Op.Call("hardswish", this);
        public Tensor hardswish_() => InPlace("hardswish_");
        public Tensor isfinite() => Op.Call("isfinite", this);
        public Tensor isinf() => Op.Call("isinf", this);
        public Tensor isnan() => Op.Call("isnan", this);
        public Tensor isneginf() => Op.Call("isneginf", this);
        public Tensor isposinf() => Op.Call("isposinf", this);
        public Tensor isreal() => Op.Call("isreal", this);
        public Tensor lgamma() => Op.Call("lgamma", this);
        public Tensor lgamma_() => InPlace("lgamma_");
        public Tensor log() => Op.Call("log", this);
        public Tensor log_() => InPlace("log_");
        public Tensor log10() => Op.Call("log10", this);
        public Tensor log10_() => InPlace("log10_");
        public Tensor log1p() => Op.Call("log1p", this);
        public Tensor log1p_() => InPlace("log1p_");
        public Tensor log2() => Op.Call("log2", this);
        public Tensor log2_() => InPlace("log2_");
        public Tensor log_sigmoid() => Op.Call("log_sigmoid", this);
        public Tensor logical_not() => Op.Call("logical_not", this);
        public Tensor logical_not_() => InPlace("logical_not_");
        public Tensor nanmedian() => Op.Call("nanmedian", this);
        public Tensor nansum() => Op.Call("nansum", this);
        public Tensor neg() => Op.Call("neg", this);
        public Tensor neg_() => InPlace("neg_");
        public Tensor reciprocal() => Op.Call("reciprocal", this);
        public Tensor reciprocal_() => InPlace("reciprocal_");
        public Tensor relu() => Op.Call("relu", this);
        public Tensor relu_() => InPlace("relu_");
        public Tensor relu6() => Op.Call("relu6", this);
        public Tensor relu6_() => InPlace("relu6_");
        public Tensor rsqrt() => Op.Call("rsqrt", this);
        public Tensor rsqrt_() => InPlace("rsqrt_");
        public Tensor selu() => Op.Call("selu", this);
        public Tensor selu_() => InPlace("selu_");
        public Tensor sgn() => Op.Call("sgn", this);
        public Tensor sgn_() => InPlace("sgn_");
        public Tensor sigmoid() => Op.Call("sigmoid", this);
        public Tensor sigmoid_() => InPlace("sigmoid_");
        public Tensor sign() => Op.Call("sign", this);
        public Tensor sign_() => InPlace("sign_");
        public Tensor signbit() => Op.Call("signbit", this);
        public Tensor silu() => Op.Call("silu", this);
        public Tensor silu_() => InPlace("silu_");
        public Tensor sin() => Op.Call("sin", this);
        public Tensor sin_() => InPlace("sin_");
        public Tensor sinh() => Op.Call("sinh", this);
        public Tensor sinh_() => InPlace("sinh_");
        public Tensor sqrt() => Op.Call("sqrt", this);
        public Tensor sqrt_() => InPlace("sqrt_");
        public Tensor tan() => Op.Call("tan", this);
        public Tensor tan_() => InPlace("tan_");
        public Tensor tanh() => Op.Call("tanh", this);
        public Tensor tanh_() => InPlace("tanh_");
        public Tensor trunc() => Op.Call("trunc", this);
        public Tensor trunc_() => InPlace("trunc_");

        public Tensor absolute() => abs();
        public Tensor absolute_() => abs_();
        public Tensor arccos() => acos();
        public Tensor arccos_() => acos_();
        public Tensor arcsin() => asin();
        public Tensor arcsin_() => asin_();
        public Tensor arctan() => atan();
        public Tensor arctan_() => atan_();
        public Tensor fix() => trunc();
        public Tensor fix_() => trunc_();
        public Tensor arctan(Tensor other) => atan2(other);
        public Tensor arctan_(Tensor other) => atan2_(other);

        public Tensor negative() => neg();

        public Tensor square() => pow(2);

        public Tensor positive() => dtype == ScalarType.Bool ? throw new ArgumentException("A truth value has no sign.") : Op.Call("positive", this);

        public Tensor gelu() => Op.Call("gelu", this);
        public Tensor gelu_() => Op.Call("gelu_", this);

        public Tensor round(long decimals = 0L) => Op.Call("round.decimals", this, decimals);
        public Tensor round_(long decimals = 0L) => InPlace("round_.decimals", decimals);

        public Tensor elu(double alpha = 1) => elu(alpha, 1.0, 1.0);
        public Tensor elu_(double alpha = 1) => elu(alpha, 1.0, 1.0);
        public Tensor elu(Scalar alpha, Scalar scale, Scalar input_scale) => Op.Call("elu", this, alpha, scale, input_scale);
        public Tensor elu_(Scalar alpha, Scalar scale, Scalar input_scale) => InPlace("elu_", alpha, scale, input_scale);
        public Tensor glu(long dim = -1) => Op.Call("glu", this, dim);
        public Tensor leaky_relu(Scalar negative_slope) => Op.Call("leaky_relu", this, negative_slope);
        public Tensor leaky_relu_(Scalar negative_slope) => InPlace("leaky_relu_", negative_slope);
        public Tensor softplus(double beta = 1, double threshold = 20) => Op.Call("softplus", this, beta, threshold);
        public Tensor threshold(Scalar threshold, Scalar value) => Op.Call("threshold", this, threshold, value);
        public Tensor threshold_(Scalar threshold, Scalar value) => InPlace("threshold_", threshold, value);
        public Tensor logit(double? eps = null) => Op.Call("logit", this, eps);
        public Tensor nan_to_num(double nan = 0d, double? posinf = null, double? neginf = null) =>
            Op.Call("nan_to_num", this, nan, posinf, neginf);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Op.Call("softmax.int", this, dim, dtype == this.dtype ? null : dtype);
        public Tensor log_softmax(long dim, ScalarType? dtype = null) =>
            Op.Call("log_softmax.int", this, dim, dtype == this.dtype ? null : dtype);
        public Tensor cumsum(long dim, ScalarType? type = null) => Op.Call("cumsum", this, dim, type);
        public Tensor cumprod(long dim, ScalarType? type = null) => Op.Call("cumprod", this, dim, type);
        public (Tensor values, Tensor indexes) cummax(long dim) => Op.Call2("cummax", this, dim);
        public (Tensor values, Tensor indexes) cummin(long dim) => Op.Call2("cummin", this, dim);
        public Tensor logcumsumexp(long dim) => Op.Call("logcumsumexp", this, dim);
        public Tensor logsumexp(long dim, bool keepdim = false) => Op.Call("logsumexp", this, (long[])[dim], keepdim);
    }
}
