#include "go_asm.h"
#include "textflag.h"

// Eight samples at a time: AVX2, without fused multiplication, so that every
// sum and product is rounded as in vector.go.

// eight is a constant for all lanes.
#define eight(name, bits) \
	DATA name<>+0(SB)/8, bits; \
	DATA name<>+8(SB)/8, bits; \
	DATA name<>+16(SB)/8, bits; \
	DATA name<>+24(SB)/8, bits; \
	GLOBL name<>(SB), RODATA|NOPTR, $32

eight(half, $0x3f0000003f000000) // 0.5
eight(one, $0x3f8000003f800000) // 1
eight(minusOne, $0xbf800000bf800000) // -1
eight(by40, $0x3ccccccd3ccccccd) // 0.025
eight(elevenTenths, $0x3f8ccccd3f8ccccd) // 1.1
eight(twelve, $0x4140000041400000) // 12
eight(by6, $0x3e2aaaab3e2aaaab) // 1/3!
eight(by24, $0x3d2aaaab3d2aaaab) // 1/4!
eight(by120, $0x3c0888893c088889) // 1/5!
eight(by5040, $0x39500d0139500d01) // 1/7!
eight(by362880, $0x3638ef1d3638ef1d) // 1/9!
eight(perUnit, $0x4300000043000000) // expintPerUnit
eight(edge, $0x44c0000044c00000) // expintEdge expintPerUnit
eight(ln2, $0x3f3172183f317218) // ln 2
eight(log0, $0x3891a3603891a360) // those of log32
eight(log1, $0x3f7f0b063f7f0b06)
eight(log2, $0xbeeed18bbeeed18b)
eight(log3, $0x3e5fe9d83e5fe9d8)
eight(log4, $0x3d63294d3d63294d)
eight(perU, $0x4280000042800000) // voigtPerU
eight(lastU, $0x4440000044400000) // voigtEdge voigtPerU
eight(eightEach, $0x4100000041000000) // 8
eight(bias, $0x0000007f0000007f)
eight(mantissa, $0x007fffff007fffff)

// count is the place of a sample among eight.
DATA count<>+0(SB)/8, $0x3f80000000000000
DATA count<>+8(SB)/8, $0x4040000040000000
DATA count<>+16(SB)/8, $0x40a0000040800000
DATA count<>+24(SB)/8, $0x40e0000040c00000
GLOBL count<>(SB), RODATA|NOPTR, $32

// distance is |u| in Y1 of the samples whose places are in Y0.
#define distance(at, width) \
	VADDPS Y0, at, Y1; \
	VMULPS Y1, width, Y1; \
	VPSLLD $1, Y1, Y1; \
	VPSRLD $1, Y1, Y1

// pairs gathers two neighbours in a table for each of eight samples, at the
// places of the first four and of the others, through a, b and a mask.
#define pairs(four, others, mask, a, b, low, high) \
	VPCMPEQD mask, mask, mask; \
	VGATHERDPD mask, four, a; \
	VPCMPEQD mask, mask, mask; \
	VGATHERDPD mask, others, b; \
	VSHUFPS $0x88, b, a, low; \
	VSHUFPS $0xDD, b, a, high

// func fillAVX2(n int, f, ln, opacity, wing, shares *float32, alone, share float32)
// shares holds four vectors of four.
TEXT ·fillAVX2(SB), NOSPLIT, $0-56
	MOVQ n+0(FP), CX
	MOVQ f+8(FP), DI
	MOVQ ln+16(FP), SI
	MOVQ opacity+24(FP), DX
	MOVQ wing+32(FP), BX
	MOVQ shares+40(FP), R8
	VBROADCASTSS alone+48(FP), Y10
	VBROADCASTSS share+52(FP), Y11
	VBROADCASTF128 0(R8), Y12
	VBROADCASTF128 16(R8), Y13
	VBROADCASTF128 32(R8), Y14
	VBROADCASTF128 48(R8), Y15
	VXORPS Y9, Y9, Y9
	XORQ AX, AX

fillLoop:
	VBROADCASTSS 0(BX)(AX*1), Y0
	VBROADCASTSS 4(BX)(AX*1), Y1
	VBROADCASTSS 8(BX)(AX*1), Y2
	VBROADCASTSS 12(BX)(AX*1), Y3
	VBROADCASTSS 16(BX)(AX*1), Y4
	VBLENDPS $0xF0, Y1, Y0, Y0
	VBLENDPS $0xF0, Y2, Y1, Y1
	VBLENDPS $0xF0, Y3, Y2, Y2
	VBLENDPS $0xF0, Y4, Y3, Y3
	VMULPS Y0, Y12, Y0
	VMULPS Y1, Y13, Y1
	VMULPS Y2, Y14, Y2
	VMULPS Y3, Y15, Y3
	VADDPS Y1, Y0, Y0
	VADDPS Y2, Y0, Y0
	VADDPS Y3, Y0, Y0
	VADDPS (DX)(AX*4), Y0, Y0
	VMOVUPS Y9, (DX)(AX*4)
	VMULPS Y0, Y11, Y0
	VADDPS Y0, Y10, Y0
	VMOVUPS Y0, (DI)(AX*4)

	// The logarithm.
	VPSRLD $23, Y0, Y1
	VPSUBD bias<>(SB), Y1, Y1
	VCVTDQ2PS Y1, Y1
	VPAND mantissa<>(SB), Y0, Y0
	VPOR one<>(SB), Y0, Y0
	VSUBPS one<>(SB), Y0, Y0
	VMULPS log4<>(SB), Y0, Y2
	VMOVUPS log3<>(SB), Y3
	VSUBPS Y2, Y3, Y2
	VMULPS Y2, Y0, Y2
	VADDPS log2<>(SB), Y2, Y2
	VMULPS Y2, Y0, Y2
	VADDPS log1<>(SB), Y2, Y2
	VMULPS Y2, Y0, Y2
	VADDPS log0<>(SB), Y2, Y2
	VMULPS ln2<>(SB), Y1, Y1
	VADDPS Y2, Y1, Y1
	VMOVUPS Y1, (SI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT fillLoop
	VZEROUPPER
	RET

// func slabAVX2(n int, tau, sum, f1, f2, l0, l1, l2, l3 *float32, s *slab, table *expint, weight float32)
TEXT ·slabAVX2(SB), NOSPLIT, $0-92
	MOVQ n+0(FP), CX
	MOVQ tau+8(FP), DI
	MOVQ sum+16(FP), SI
	MOVQ f1+24(FP), BX
	MOVQ f2+32(FP), DX
	MOVQ l0+40(FP), R8
	MOVQ l1+48(FP), R9
	MOVQ l2+56(FP), R10
	MOVQ l3+64(FP), R11
	MOVQ s+72(FP), R12
	MOVQ table+80(FP), R13
	VBROADCASTSS weight+88(FP), Y10
	VBROADCASTSS 0(R12), Y15
	VBROADCASTSS 4(R12), Y11
	VBROADCASTSS 8(R12), Y12
	VBROADCASTSS 12(R12), Y13
	VBROADCASTSS 16(R12), Y14
	XORQ AX, AX

slabLoop:
	VMOVUPS (R9)(AX*4), Y0
	VMOVUPS (R10)(AX*4), Y1
	VSUBPS Y0, Y1, Y2
	VMULPS half<>(SB), Y2, Y2
	VMULPS Y2, Y2, Y2 // y

	// bend
	VMULPS (R8)(AX*4), Y11, Y3
	VMULPS Y0, Y12, Y4
	VADDPS Y4, Y3, Y3
	VMULPS Y1, Y13, Y4
	VADDPS Y4, Y3, Y3
	VMULPS (R11)(AX*4), Y14, Y4
	VADDPS Y4, Y3, Y3
	VMULPS by40<>(SB), Y2, Y4
	VADDPS one<>(SB), Y4, Y4
	VMULPS Y4, Y3, Y3
	VMULPS elevenTenths<>(SB), Y2, Y4
	VADDPS twelve<>(SB), Y4, Y4
	VDIVPS Y4, Y3, Y3
	VMINPS one<>(SB), Y3, Y3
	VMAXPS minusOne<>(SB), Y3, Y3

	// mean
	VMOVUPS (BX)(AX*4), Y5
	VMULPS (DX)(AX*4), Y5, Y5
	VSQRTPS Y5, Y5
	VMULPS by362880<>(SB), Y2, Y6
	VADDPS by5040<>(SB), Y6, Y6
	VMULPS Y6, Y2, Y6
	VADDPS by120<>(SB), Y6, Y6
	VMULPS Y6, Y2, Y6
	VADDPS by6<>(SB), Y6, Y6
	VMULPS Y6, Y2, Y6
	VADDPS one<>(SB), Y6, Y6
	VMULPS Y6, Y5, Y5
	VMULPS Y5, Y15, Y5

	// the exponential
	VMULPS by24<>(SB), Y3, Y7
	VMOVUPS by6<>(SB), Y8
	VSUBPS Y7, Y8, Y7
	VMULPS Y7, Y3, Y7
	VMOVUPS half<>(SB), Y8
	VSUBPS Y7, Y8, Y7
	VMULPS Y7, Y3, Y7
	VMOVUPS one<>(SB), Y8
	VSUBPS Y7, Y8, Y7
	VMULPS Y7, Y3, Y7
	VSUBPS Y7, Y8, Y7
	VMULPS Y7, Y5, Y5
	VADDPS (DI)(AX*4), Y5, Y5
	VMOVUPS Y5, (DI)(AX*4)

	// light
	VMULPS perUnit<>(SB), Y5, Y5
	VCMPPS $1, edge<>(SB), Y5, Y9
	VMINPS edge<>(SB), Y5, Y5
	VCVTTPS2DQ Y5, Y7
	VCVTDQ2PS Y7, Y8
	VSUBPS Y8, Y5, Y6
	VPERMQ $0xD8, Y7, Y7
	VEXTRACTI128 $1, Y7, X8
	pairs((R13)(X7*8), (R13)(X8*8), Y0, Y1, Y2, Y3, Y4)
	VMULPS Y4, Y6, Y6
	VADDPS Y3, Y6, Y6
	VMULPS Y6, Y10, Y6
	VANDPS Y9, Y6, Y6
	VADDPS (SI)(AX*4), Y6, Y6
	VMOVUPS Y6, (SI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT slabLoop
	VZEROUPPER
	RET

// func refine8AVX2(n int, fine, wing, shares *float32)
// shares holds four vectors of eight.
TEXT ·refine8AVX2(SB), NOSPLIT, $0-32
	MOVQ n+0(FP), CX
	MOVQ fine+8(FP), DI
	MOVQ wing+16(FP), SI
	MOVQ shares+24(FP), DX
	VMOVUPS 0(DX), Y12
	VMOVUPS 32(DX), Y13
	VMOVUPS 64(DX), Y14
	VMOVUPS 96(DX), Y15

refine8Loop:
	VBROADCASTSS 0(SI), Y0
	VBROADCASTSS 4(SI), Y1
	VBROADCASTSS 8(SI), Y2
	VBROADCASTSS 12(SI), Y3
	VMULPS Y0, Y12, Y0
	VMULPS Y1, Y13, Y1
	VMULPS Y2, Y14, Y2
	VMULPS Y3, Y15, Y3
	VADDPS Y1, Y0, Y0
	VADDPS Y2, Y0, Y0
	VADDPS Y3, Y0, Y0
	VADDPS (DI), Y0, Y0
	VMOVUPS Y0, (DI)
	ADDQ $32, DI
	ADDQ $4, SI
	SUBQ $8, CX
	JGT refine8Loop
	VZEROUPPER
	RET

// func lorentzAVX2(n int, dst *float32, at, width, height, soft, reach float32)
TEXT ·lorentzAVX2(SB), NOSPLIT, $0-36
	MOVQ n+0(FP), CX
	MOVQ dst+8(FP), DI
	VBROADCASTSS at+16(FP), Y10
	VBROADCASTSS width+20(FP), Y11
	VBROADCASTSS height+24(FP), Y12
	VBROADCASTSS soft+28(FP), Y13
	VBROADCASTSS reach+32(FP), Y14
	VMOVUPS count<>(SB), Y0
	VMOVUPS eightEach<>(SB), Y9

lorentzLoop:
	distance(Y10, Y11)
	VCMPPS $1, Y14, Y1, Y3 // below reach
	VMULPS Y1, Y1, Y1
	VADDPS Y13, Y1, Y1
	VDIVPS Y1, Y12, Y1
	VANDPS Y3, Y1, Y1
	VADDPS (DI), Y1, Y1
	VMOVUPS Y1, (DI)
	VADDPS Y9, Y0, Y0
	ADDQ $32, DI
	SUBQ $8, CX
	JGT lorentzLoop
	VZEROUPPER
	RET

// func quarticAVX2(n int, dst *float32, at, width, height, soft, softer, beyond, reach float32)
TEXT ·quarticAVX2(SB), NOSPLIT, $0-44
	MOVQ n+0(FP), CX
	MOVQ dst+8(FP), DI
	VBROADCASTSS at+16(FP), Y10
	VBROADCASTSS width+20(FP), Y11
	VBROADCASTSS height+24(FP), Y12
	VBROADCASTSS soft+28(FP), Y13
	VBROADCASTSS softer+32(FP), Y14
	VBROADCASTSS beyond+36(FP), Y15
	VBROADCASTSS reach+40(FP), Y8
	VMOVUPS count<>(SB), Y0
	VMOVUPS eightEach<>(SB), Y9

quarticLoop:
	distance(Y10, Y11)
	VCMPPS $13, Y15, Y1, Y3 // not below beyond
	VCMPPS $1, Y8, Y1, Y4 // below reach
	VANDPS Y4, Y3, Y3
	VMULPS Y1, Y1, Y1
	VADDPS Y13, Y1, Y2
	VADDPS Y14, Y1, Y1
	VMULPS Y1, Y2, Y1
	VDIVPS Y1, Y12, Y1
	VANDPS Y3, Y1, Y1
	VADDPS (DI), Y1, Y1
	VMOVUPS Y1, (DI)
	VADDPS Y9, Y0, Y0
	ADDQ $32, DI
	SUBQ $8, CX
	JGT quarticLoop
	VZEROUPPER
	RET

// func voigtsAVX2(n int, parts *voigtPart)
TEXT ·voigtsAVX2(SB), NOSPLIT, $0-16
	MOVQ n+0(FP), BX
	MOVQ parts+8(FP), R8

voigtNext:
	MOVQ voigtPart_dst(R8), DI
	MOVQ (voigtPart_dst+8)(R8), CX
	MOVQ voigtPart_rows(R8), SI
	LEAQ (4*const_voigtCells)(SI), DX
	VBROADCASTSS voigtPart_at(R8), Y15
	VBROADCASTSS voigtPart_width(R8), Y14
	VBROADCASTSS voigtPart_p0(R8), Y13
	VBROADCASTSS voigtPart_p1(R8), Y12
	VBROADCASTSS voigtPart_amplitude(R8), Y11
	VBROADCASTSS voigtPart_soft(R8), Y10
	VMOVUPS count<>(SB), Y0

voigtLoop:
	distance(Y15, Y14)
	VMULPS perU<>(SB), Y1, Y2
	VBROADCASTSS voigtPart_reach(R8), Y8
	VCMPPS $1, Y8, Y1, Y8 // below reach
	VMINPS lastU<>(SB), Y2, Y2
	VCVTTPS2DQ Y2, Y3
	VCVTDQ2PS Y3, Y4
	VSUBPS Y4, Y2, Y2 // t
	VPERMQ $0xD8, Y3, Y3
	VEXTRACTI128 $1, Y3, X4
	pairs((SI)(X3*4), (SI)(X4*4), Y9, Y5, Y6, Y7, Y5)
	VSUBPS Y7, Y5, Y5
	VMULPS Y5, Y2, Y5
	VADDPS Y5, Y7, Y5
	VMULPS Y5, Y13, Y5 // p0 (l0 + t (l1-l0))
	pairs((DX)(X3*4), (DX)(X4*4), Y9, Y6, Y7, Y3, Y6)
	VSUBPS Y3, Y6, Y6
	VMULPS Y6, Y2, Y6
	VADDPS Y6, Y3, Y6
	VMULPS Y6, Y12, Y6
	VADDPS Y6, Y5, Y5
	VMULPS Y1, Y1, Y1
	VADDPS Y10, Y1, Y1
	VDIVPS Y1, Y11, Y1
	VSUBPS Y1, Y5, Y5
	VANDPS Y8, Y5, Y5
	VADDPS (DI), Y5, Y5
	VMOVUPS Y5, (DI)
	VADDPS eightEach<>(SB), Y0, Y0
	ADDQ $32, DI
	SUBQ $8, CX
	JGT voigtLoop
	ADDQ $voigtPart__size, R8
	DECQ BX
	JNE voigtNext
	VZEROUPPER
	RET

// func rampAVX2(n int, dst *float32, y, rise float32)
TEXT ·rampAVX2(SB), NOSPLIT, $0-24
	MOVQ n+0(FP), CX
	MOVQ dst+8(FP), DI
	VBROADCASTSS y+16(FP), Y10
	VBROADCASTSS rise+20(FP), Y11
	VMOVUPS count<>(SB), Y0
	VMOVUPS eightEach<>(SB), Y9
	SUBQ $8, CX

rampLoop:
	VMULPS Y0, Y11, Y1
	VADDPS Y1, Y10, Y1
	VADDPS (DI), Y1, Y1
	VMOVUPS Y1, (DI)
	VADDPS Y9, Y0, Y0
	ADDQ $32, DI
	SUBQ $8, CX
	JGE rampLoop
	ADDQ $8, CX
	JEQ rampDone
	VMOVSS one<>(SB), X9

rampOne:
	VMULSS X0, X11, X1
	VADDSS X1, X10, X1
	VADDSS (DI), X1, X1
	VMOVSS X1, (DI)
	VADDSS X9, X0, X0
	ADDQ $4, DI
	DECQ CX
	JNE rampOne

rampDone:
	VZEROUPPER
	RET
